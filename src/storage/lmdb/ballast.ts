// A file of real blocks that is given up when the disk is full at the start: removing messages from
// LMDB needs free pages, so a broker on a full disk could otherwise never drain. Invariant: it is only
// made when that leaves the disk well above its limit, and a half-made one does not count.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const BLOCK_BYTES = 1 << 20;

export class Ballast {
  readonly #path: string;
  readonly #bytes: number;
  /** The file being made. */
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(directory: string, bytes: number) {
    this.#path = path.join(directory, 'ballast');
    this.#bytes = bytes;
  }

  get isThere(): boolean {
    const status = fs.statSync(this.#path, { throwIfNoEntry: false });
    return status !== undefined && status.size >= this.#bytes;
  }

  /** True when there was one to release. */
  release(): boolean {
    if (!fs.existsSync(this.#path)) return false;
    fs.rmSync(this.#path);
    return true;
  }

  /** Makes it again when the disk has room for it beside `reserveBytes`; else does nothing. */
  async restore(freeBytes: number, reserveBytes: number): Promise<void> {
    if (this.#bytes === 0 || this.#writing !== undefined || this.#isClosed || this.isThere) return;
    if (freeBytes < reserveBytes + 2 * this.#bytes) return;
    this.#writing = this.#make();
    await this.#writing;
    this.#writing = undefined;
  }

  async #make(): Promise<void> {
    try {
      await this.#write();
    } catch {
      // The disk filled up meanwhile: give the blocks back, the next check tries again.
      fs.rmSync(this.#path, { force: true });
    }
    if (this.#isClosed && !this.isThere) fs.rmSync(this.#path, { force: true });
  }

  /** A file that is being written is given up; nothing touches the directory afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Random bytes: a file system that compresses would store zeros in no space at all.
    const block = randomBytes(Math.min(BLOCK_BYTES, this.#bytes));
    const file = await fs.promises.open(this.#path, 'w');
    try {
      for (let offset = 0; offset < this.#bytes && !this.#isClosed; offset += block.length) {
        const length = Math.min(block.length, this.#bytes - offset);
        await file.write(block, 0, length, offset);
      }
      if (!this.#isClosed) await file.sync();
    } finally {
      await file.close();
    }
  }
}
