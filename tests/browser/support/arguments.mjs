// Reads `--name value` pairs; anything else is a mistake that is said.

export function readArguments(names, required) {
  const values = {};
  const words = process.argv.slice(2);
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index].replace(/^--/, "");
    if (!names.includes(name) || words[index + 1] === undefined) {
      throw new Error(`unknown or incomplete: ${words[index]}; known: ${names.map((each) => `--${each}`).join(" ")}`);
    }
    values[name] = words[index + 1];
  }
  for (const name of required) {
    if (values[name] === undefined) throw new Error(`--${name} is missing`);
  }
  return values;
}
