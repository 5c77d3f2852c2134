// Writes the photographs' pixels for make-imported.py: node test/importing/write-photographs.ts FILE

import { writeFileSync } from "node:fs";
import { photographs, sharedFile } from "./photographs.ts";

const zip = sharedFile("data", "ants-bees.zip");
if (zip !== undefined) writeFileSync(process.argv[2], await photographs(zip, 224));
