// Names and texts from outside as they may be shown: a control character or a direction mark could rewrite a terminal's lines.

/** Control and format characters, and the two separators that break lines. */
const marks = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A name on one line, with what would upset a terminal escaped as `\u{1b}`. */
export const visibleName = (name: string): string => name.replace(marks, escaped);

/** The same for a text of several lines. */
export const visibleText = (text: string): string =>
  text.replace(marks, (mark) => (mark === "\n" ? mark : escaped(mark)));

/** The same for JSON, which stays the same value: `\u001b`. */
export const visibleJson = (json: string): string =>
  json.replace(marks, (mark) =>
    mark === "\n"
      ? mark
      : Array.from({ length: mark.length }, (_, i) => `\\u${mark.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
          "",
        ),
  );

const escaped = (mark: string): string => `\\u{${mark.codePointAt(0)!.toString(16)}}`;
