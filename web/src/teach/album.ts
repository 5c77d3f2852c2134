import type { PictureFile } from "./protocol.ts";

/** Addresses under which the page shows pictures. */
export class Album {
  readonly #addresses = new Map<string, string>();

  add({ id, blob }: PictureFile): void {
    if (!this.#addresses.has(id)) this.#addresses.set(id, URL.createObjectURL(blob));
  }

  address(id: string): string {
    return this.#addresses.get(id) ?? "";
  }

  clear(): void {
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
    this.#addresses.clear();
  }
}
