/** A list that is chosen from by typing: the ARIA combobox pattern in a popover, for the keyboard and for the mouse. */
import { element } from "../dom";
import { matching } from "./matching";

export interface Choice {
  readonly name: string;
  /** Said beside the name. */
  readonly detail: string;
}

export class Picker {
  private readonly sheet: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly none: HTMLElement;
  private readonly digits: boolean;
  private choices: readonly Choice[] = [];
  private chosen: (index: number) => void = () => undefined;
  private shown: number[] = [];
  private at = 0;

  /** `id` names the popover; with `digits` the keys 1 to 9 choose the first nine that are listed. */
  constructor(id: string, digits: boolean) {
    this.digits = digits;
    this.sheet = element(`#${id}`, HTMLElement);
    this.input = element("input[role=combobox]", HTMLInputElement, this.sheet);
    this.list = element("ul", HTMLUListElement, this.sheet);
    this.none = element("[data-none]", HTMLElement, this.sheet);
    this.input.addEventListener("input", () => this.filter());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("li") : null;
      if (row) this.choose([...this.list.children].indexOf(row));
    });
  }

  /** Offer these; `chosen` is told the index of the one that is taken. */
  open(choices: readonly Choice[], chosen: (index: number) => void): void {
    this.choices = choices;
    this.chosen = chosen;
    this.input.value = "";
    this.filter();
    this.sheet.showPopover();
    this.input.focus();
  }

  private filter(): void {
    this.shown = matching(this.choices.map(({ name }) => name), this.input.value);
    this.list.replaceChildren(...this.shown.map((index, place) => this.row(index, place)));
    this.list.hidden = this.shown.length === 0;
    this.none.hidden = this.shown.length > 0;
    this.input.setAttribute("aria-expanded", String(this.shown.length > 0));
    this.go(0);
  }

  private row(index: number, place: number): HTMLLIElement {
    const row = document.createElement("li");
    const [name, detail] = [document.createElement("span"), document.createElement(this.digits ? "kbd" : "small")];
    row.id = `${this.list.id}-${place}`;
    row.setAttribute("role", "option");
    name.textContent = this.choices[index]?.name ?? "";
    detail.textContent = this.digits ? (place < 9 ? String(place + 1) : "") : (this.choices[index]?.detail ?? "");
    detail.hidden = detail.textContent === "";
    if (this.digits) detail.setAttribute("aria-hidden", "true");
    row.append(name, detail);
    return row;
  }

  private go(place: number): void {
    const { length } = this.shown;
    this.at = length ? (place + length) % length : 0;
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.at)));
    const row = this.list.children[this.at];
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const digit = this.digits && /^[1-9]$/.test(event.key);
    if (step === undefined && !digit && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation(); // Enter would submit the case
    if (step !== undefined) this.go(this.at + step);
    else if (!event.repeat) this.choose(digit ? Number(event.key) - 1 : this.at);
  }

  private choose(place: number): void {
    const index = this.shown[place];
    if (index === undefined) return;
    this.sheet.hidePopover();
    this.chosen(index);
  }
}
