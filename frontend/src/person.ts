/** What a tab keeps of a person's work goes when they sign out, in this tab or in another, and when somebody else has signed in. */
import { forgetOthers } from "./upload/kept";

const CHANNEL = "overread.sign-out";

/** `<html data-user>` says who is signed in; `<form data-sign-out>` ends that. */
export function forgetWhoLeft(): void {
  forgetOthers(document.documentElement.dataset["user"]);
  const others = new BroadcastChannel(CHANNEL);
  others.addEventListener("message", () => forgetOthers(undefined));
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !("signOut" in event.target.dataset)) return;
    forgetOthers(undefined);
    others.postMessage("signed out");
  });
}
