// Loaded before a command: throws where nobody catches it, as soon as a training has drawn its bar.
const { write } = process.stderr;
process.stderr.write = function (text, ...rest) {
  if (/train \[/.test(text)) {
    process.stderr.write = write;
    setImmediate(() => {
      throw new Error("planted");
    });
  }
  return write.call(this, text, ...rest);
};
