/** What a tab keeps of a person's work goes when they sign out, in this tab or in another, and when somebody else has signed in. */
import { forgetOthers } from "./upload/stored_list";

const CHANNEL = "overread.sign-out";
const LEAVING = "leaving"; // the session ends with the answer that is awaited
const GONE = "gone"; // nobody is signed in any more

/** `<html data-user>` says who is signed in; `<form data-sign-out>` ends that, and `<form data-signed-out>` is what stands there then. */
export function forgetWhoLeft(): void {
  forgetOthers(document.documentElement.dataset["user"]);
  const others = new BroadcastChannel(CHANNEL);
  others.addEventListener("message", (event) => {
    forgetOthers(undefined);
    if (event.data === GONE && document.documentElement.dataset["user"]) location.reload(); // what is shown goes, too
  });
  if (document.querySelector("[data-signed-out]")) others.postMessage(GONE);
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !("signOut" in event.target.dataset)) return;
    forgetOthers(undefined);
    others.postMessage(LEAVING);
  });
}
