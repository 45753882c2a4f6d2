/** What every page has: the stylesheet and questions before something final. */
import "./styles/app.css";
import { confirmForms } from "./confirm";

confirmForms();
