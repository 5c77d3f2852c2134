/** Streams that have a meaning of their own; all others hold numbers (LEB128) that are copied. */
const HEAD = 0;
const INSTRUCTION = 1;
const BYTE = 2;
const GET = 3;
const SET = 4;

/**
 * Puts wasm files together from streams, each of one kind of numbers: so they pack a quarter smaller than as instructions with all
 * that belongs to them in a row. `scripts/wasm-streams.js` takes them apart.
 *
 * First come the number of streams and their lengths, then the streams. `HEAD` has the instructions that occur (bytes of each, and
 * the streams of what follows them), for each file what is before and behind its functions, and the locals of each function.
 * `INSTRUCTION` has one byte for each instruction, the first of which ends a function; `GET` and `SET` the locals, each as how
 * many others were used since.
 *
 * @returns the files, of which functions lie side by side in the streams
 */
export function joinStreams(packed: Uint8Array): Uint8Array<ArrayBuffer>[] {
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
  const list = <T>(item: () => T) => Array.from({ length: number() }, item);
  const bytes = () => list(() => byte(HEAD));

  const lengths = list(number);
  for (const [i, length] of lengths.entries()) at[i + 1] = at[i] + length;
  const instructions = list(() => ({ code: bytes(), immediates: bytes() }));
  const files = list(() => ({ wasm: bytes(), end: bytes() }));

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
  for (let functions = number(); functions > 0; functions--) {
    for (const { wasm } of files) {
      const code = body();
      pushNumber(wasm, code.length);
      for (const value of code) wasm.push(value);
    }
  }
  return files.map(({ wasm, end }) => new Uint8Array(wasm.concat(end)));
}

function pushNumber(target: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) target.push((rest & 0x7f) | 0x80);
  target.push(rest);
}
