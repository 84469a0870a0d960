// HTML as a tagged template: all that is put into it is escaped, unless it is HTML itself.
import { escapeXml } from "./svg.ts";

/** Text that needs no escaping; only `html` and `drawing` make it. */
export class Html {
  readonly text: string;
  private constructor(text: string) {
    this.text = text;
  }
  static readonly of = (text: string): Html => new Html(text);
}

export type Value = Html | string | number | undefined | null | false | readonly Value[];

/** Values stand in text or in a quoted attribute. Lists are joined; undefined, null and false are nothing. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  Html.of(parts.map((part, i) => part + (i < values.length ? write(values[i]) : "")).join(""));

function write(value: Value): string {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(write).join("");
  return escapeXml(String(value));
}

export const nothing: Html = html``;

/** A drawing of this project as part of a page: its texts are escaped where they are drawn. */
export const drawing = (svg: string): Html => Html.of(svg.trim().replace("<svg ", '<svg class="chart" '));

/** A name from outside: as it is, and without a say in the direction of what stands beside it. */
export const name = (words: string): Html => html`<bdi>${words}</bdi>`;
