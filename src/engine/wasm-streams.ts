/** Numbers of the streams that have a meaning of their own; all other streams hold numbers (LEB128) that are copied. */
const HEAD = 0;
const INSTRUCTION = 1;
const BYTE = 2;
const GET = 3;
const SET = 4;

/** The section of a wasm file that names what it exports. */
const EXPORTS = 7;

/**
 * Puts a wasm file together from streams, each of one kind of numbers: so they pack a quarter smaller than as instructions with all
 * that belongs to them in a row. `scripts/wasm-streams.js` takes them apart.
 *
 * First come the number of streams and their lengths, then the streams. `HEAD` has the number of engines, the instructions that occur
 * (bytes of each for each engine, and the streams of what follows them), for each file of each engine its exports and what is before,
 * between and behind those and the functions, and the locals of each function. `INSTRUCTION` has one byte for each instruction, the first of
 * which ends a function; `GET` and `SET` the locals, each as how many others were used since.
 *
 * @param names of the exports, in the order by which the streams know them
 * @param engine index of the engine, if there are several
 * @param file index of the engine's file, if it has several there
 */
export function joinStreams(
  packed: Uint8Array,
  names: readonly string[],
  engine = 0,
  file = 0,
): Uint8Array<ArrayBuffer> {
  const at = [0];
  const byte = (stream: number) => packed[at[stream]++];
  const copyNumber = (target: number[], stream: number) => {
    do target.push(byte(stream));
    while (target[target.length - 1] >= 0x80);
  };
  const number = () => {
    const bytes: number[] = [];
    copyNumber(bytes, HEAD);
    return bytes.reduceRight((high, low) => high * 0x80 + (low & 0x7f), 0);
  };
  const times = <T>(count: number, item: () => T) => Array.from({ length: count }, item);
  const list = <T>(item: () => T) => times(number(), item);
  const bytes = () => list(() => byte(HEAD));
  /** The section of exports. */
  const exported = () => {
    const content: number[] = [];
    const count = number();
    pushNumber(content, count);
    for (let i = 0; i < count; i++) {
      const name = names[byte(HEAD)];
      content.push(name.length, ...Array.from(name, (letter) => letter.charCodeAt(0)), byte(HEAD));
      copyNumber(content, HEAD);
    }
    const section = [EXPORTS];
    pushNumber(section, content.length);
    return section.concat(content);
  };

  const lengths = list(number);
  for (const [i, length] of lengths.entries()) at[i + 1] = at[i] + length;
  const engines = number();
  const instructions = list(() => ({ code: times(engines, bytes)[engine], immediates: bytes() }));
  const parts = () => ({ wasm: bytes().concat(exported(), bytes()), end: bytes() });
  const files = list(() => ({ ...times(engines, parts)[engine], functions: number() }));

  const body = () => {
    const result: number[] = [];
    copyNumber(result, HEAD);
    // Up to 127 groups of locals: how many, and their type.
    for (let i = 2 * result[0]; i > 0; i--) copyNumber(result, HEAD);
    const recent = Uint8Array.from({ length: 256 }, (_, local) => local);
    for (let index = -1; index !== 0; ) {
      index = byte(INSTRUCTION);
      const { code, immediates } = instructions[index];
      for (const value of code) result.push(value);
      for (const stream of immediates) {
        if (stream === GET || stream === SET) {
          const rank = byte(stream);
          const local = recent[rank];
          recent.copyWithin(1, 0, rank);
          recent[0] = local;
          pushNumber(result, local);
        } else if (stream === BYTE) result.push(byte(BYTE));
        else copyNumber(result, stream);
      }
    }
    return result;
  };
  for (const { wasm, end, functions } of files.slice(0, file + 1)) {
    for (let i = 0; i < functions; i++) {
      const code = body();
      pushNumber(wasm, code.length);
      for (const value of code) wasm.push(value);
    }
    wasm.push(...end);
  }
  return new Uint8Array(files[file].wasm);
}

function pushNumber(target: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) target.push((rest & 0x7f) | 0x80);
  target.push(rest);
}
