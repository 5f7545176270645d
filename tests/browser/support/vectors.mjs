// What lies in `vectors/`, for every implementation of this repository.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../../vectors");

/** The text of a file there. */
export function vector(name) {
  return readFileSync(join(FOLDER, name), "utf8");
}
