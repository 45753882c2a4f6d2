/** What every page has: the stylesheet, questions before something final, and nothing left of who signed out. */
import "./styles/app.css";
import { confirmForms } from "./confirm";
import { forgetWhoLeft } from "./sign_out";
import { switchTheme } from "./theme";

confirmForms();
forgetWhoLeft();
switchTheme();
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a narrow window
