/** The keys as this reader has them: the table's, with their own in place of some. What is changed is kept on the server. */
import { patch } from "../net";
import { bindings, COMMANDS, commandOf, entryOf, focusOf, type Bindings, type Command, type Named } from "./keys";

/** What the page is given of the reader's preferences. */
export interface KeyPreferences {
  readonly single_keys: boolean;
  /** Command to key, for those that are not the table's. */
  readonly keys: Readonly<Record<string, string>>;
  /** Takes a PATCH. */
  readonly url: string;
}

export class KeyMap {
  private single: boolean;
  private own: Record<string, string>;
  private bound: Bindings;
  private readonly url: string;
  private keeping = Promise.resolve(true);
  private readonly listeners: (() => void)[] = [];

  constructor(kept: KeyPreferences) {
    this.single = kept.single_keys;
    this.own = { ...kept.keys };
    this.bound = bindings(this.own);
    this.url = kept.url;
  }

  /** Called after every change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  commandOf(event: KeyboardEvent): Command | null {
    return commandOf(event, focusOf(event.target), this.single, this.bound);
  }

  /** The key shown for a command. */
  keyOf(command: Named): string {
    return this.own[command] ?? entryOf(command).keys[0] ?? "";
  }

  /** Whether the command's key does anything: single keys may be off. */
  works(command: Named): boolean {
    const key = this.keyOf(command).replace("Shift+", "");
    return this.single || key.length > 1;
  }

  isOwn(command: Named): boolean {
    return command in this.own;
  }

  /** Which other command has this key. */
  holder(key: string, besides: Named): Named | null {
    const holder = this.bound.get(key);
    return holder === undefined || holder === besides ? null : holder;
  }

  get singleKeys(): boolean {
    return this.single;
  }

  /** True where the server has kept it; it holds on this page in any case. */
  async switchSingleKeys(on: boolean): Promise<boolean> {
    this.single = on;
    return this.changed({ single_keys: on });
  }

  /** Give a command a key that no other has. */
  async take(command: Named, key: string): Promise<boolean> {
    const own = { ...this.own };
    if (entryOf(command).keys[0] === key) delete own[command];
    else own[command] = key;
    return this.keep(own);
  }

  /** The table's own key again, which no other command may have meanwhile. */
  async reset(command: Named): Promise<boolean> {
    const { [command]: _gone, ...own } = this.own;
    return this.keep(own);
  }

  async resetAll(): Promise<boolean> {
    return this.keep({});
  }

  private async keep(own: Record<string, string>): Promise<boolean> {
    this.own = Object.fromEntries(Object.entries(own).filter(([name]) => COMMANDS.some(([command]) => command === name)));
    this.bound = bindings(this.own);
    return this.changed({ keys: this.own });
  }

  private async changed(change: Partial<KeyPreferences>): Promise<boolean> {
    for (const listener of this.listeners) listener();
    this.keeping = this.keeping.then(async () => (await patch(this.url, change)).kind === "ok"); // in the order they were made
    return this.keeping;
  }
}
