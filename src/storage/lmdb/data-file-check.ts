// Looks at the data file before LMDB maps it: a file that is not LMDB's, was cut short, or has zeroed
// or foreign pages where its trees begin would make the library abort the process without a word.
// Layout: LMDB 0.9.90 as bundled with the lmdb package, 64-bit little endian. Reads the two meta pages,
// the root of each named database and the pages below it, level by level, up to a bound.

import fs from 'node:fs';
import { endianness } from 'node:os';
import { StoreError } from '../store.ts';

const MAGIC = 0xbeefc0de;
const PAGE_HEAD_BYTES = 24;
const NODE_HEAD_BYTES = 8;
const TREE_BYTES = 48;
const META_BYTES = PAGE_HEAD_BYTES + 24 + 2 * TREE_BYTES + 24;
const BRANCH = 1;
const LEAF = 2;
const SUB_TREE_NODE = 2;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** Pages looked at per tree: all branch pages of a million chunks, and the leaves of smaller trees. */
const TREE_PAGES_MAX = 2048;

interface Tree {
  readonly depth: number;
  readonly root: bigint;
}

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
  readonly free: Tree;
  readonly main: Tree;
}

/** Throws a StoreError `damaged` with what was found. Reads only. */
export function checkDataFile(dataFile: string): void {
  // The layout below is that of the machines that this is tested on; elsewhere LMDB judges alone.
  if (endianness() !== 'LE') return;
  const descriptor = fs.openSync(dataFile, 'r');
  try {
    const problem = new DataFile(descriptor).findProblem();
    if (problem !== undefined) {
      throw new StoreError(
        'damaged',
        `the data file ${dataFile} is damaged: ${problem}; nothing was changed, restore a backup ` +
          'or move the file away to start empty',
      );
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

class DataFile {
  readonly #descriptor: number;
  readonly #fileBytes: number;
  #pageBytes = 4096;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.#fileBytes = fs.fstatSync(descriptor).size;
  }

  findProblem(): string | undefined {
    if (this.#fileBytes === 0) return 'it is empty';
    const first = this.#readMeta(0);
    if (first === undefined) return 'it does not begin with a page of this store';
    this.#pageBytes = first.pageBytes;
    const second = this.#readMeta(first.pageBytes);
    if (second === undefined) return 'its second page is not one of this store';
    const meta = second.transaction > first.transaction ? second : first;
    // Trailing pages may be missing when they were only ever freed; those in use are found by the walk.
    const found: [string, Tree][] = [];
    let problem = this.#checkTree('the list of free pages', meta.free, meta, undefined);
    problem ??= this.#checkTree('the list of databases', meta.main, meta, found);
    for (const [name, tree] of found) {
      problem ??= this.#checkTree(`the database '${name}'`, tree, meta, undefined);
    }
    return problem;
  }

  #readMeta(offset: number): Meta | undefined {
    const page = this.#read(offset, META_BYTES);
    if (page === undefined || page.readUInt32LE(PAGE_HEAD_BYTES) !== MAGIC) return undefined;
    const trees = PAGE_HEAD_BYTES + 24;
    const pageBytes = page.readUInt32LE(trees);
    if (pageBytes < 256 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
      return undefined;
    }
    return {
      pageBytes,
      free: readTree(page, trees),
      main: readTree(page, trees + TREE_BYTES),
      lastPage: page.readBigUInt64LE(trees + 2 * TREE_BYTES),
      transaction: page.readBigUInt64LE(trees + 2 * TREE_BYTES + 8),
    };
  }

  /** Looks at pages level by level, so that the bound is spent on the branches first; collects the sub-trees of leaves into `subTrees`. */
  #checkTree(
    name: string,
    tree: Tree,
    meta: Meta,
    subTrees: [string, Tree][] | undefined,
  ): string | undefined {
    if (tree.root === NO_PAGE) return undefined;
    let level = [tree.root];
    let looked = 0;
    for (let depth = 1; depth <= tree.depth && level.length > 0; depth++) {
      const below: bigint[] = [];
      const isLeafLevel = depth === tree.depth;
      for (const number of level) {
        if (++looked > TREE_PAGES_MAX) return undefined;
        const page = this.#readPage(number, meta, isLeafLevel ? LEAF : BRANCH);
        if (typeof page === 'string') return `${page} in ${name}`;
        if (!isLeafLevel) below.push(...childrenOf(page));
        else if (subTrees !== undefined) subTrees.push(...subTreesOf(page));
      }
      level = below;
    }
    return undefined;
  }

  /** The page, or what is wrong with it. */
  #readPage(number: bigint, meta: Meta, kind: number): Buffer | string {
    if (number > meta.lastPage) return `page ${number} lies beyond the last page`;
    const page = this.#read(Number(number) * this.#pageBytes, this.#pageBytes);
    if (page === undefined) return `page ${number} is missing (the file was cut short)`;
    const lower = page.readUInt16LE(20);
    const upper = page.readUInt16LE(22);
    const isSound =
      page.readBigUInt64LE(0) === number &&
      (page.readUInt16LE(18) & (BRANCH | LEAF)) === kind &&
      lower <= upper &&
      upper <= this.#pageBytes - PAGE_HEAD_BYTES &&
      nodesOf(page).length === lower >>> 1;
    return isSound ? page : `page ${number} does not hold what it should`;
  }

  #read(offset: number, bytes: number): Buffer | undefined {
    const buffer = Buffer.alloc(bytes);
    return fs.readSync(this.#descriptor, buffer, 0, bytes, offset) === bytes ? buffer : undefined;
  }
}

function readTree(bytes: Buffer, offset: number): Tree {
  return { depth: bytes.readUInt16LE(offset + 6), root: bytes.readBigUInt64LE(offset + 40) };
}

/** Offsets of the nodes of a page; those that point outside of it are left out. */
function nodesOf(page: Buffer): number[] {
  const nodes: number[] = [];
  const end = Math.min(page.readUInt16LE(20), page.length - PAGE_HEAD_BYTES - 1);
  for (let at = 0; at < end; at += 2) {
    const node = page.readUInt16LE(PAGE_HEAD_BYTES + at) + PAGE_HEAD_BYTES;
    if (node + NODE_HEAD_BYTES <= page.length) nodes.push(node);
  }
  return nodes;
}

function childrenOf(page: Buffer): bigint[] {
  return nodesOf(page).map((node) => BigInt(page.readUIntLE(node, 6)));
}

function subTreesOf(page: Buffer): [string, Tree][] {
  const trees: [string, Tree][] = [];
  for (const node of nodesOf(page)) {
    const keyBytes = page.readUInt16LE(node + 6);
    const value = node + NODE_HEAD_BYTES + keyBytes;
    const isSubTree = (page.readUInt16LE(node + 4) & SUB_TREE_NODE) !== 0;
    if (!isSubTree || value + TREE_BYTES > page.length) continue;
    const name = page.toString('latin1', node + NODE_HEAD_BYTES, value).replaceAll('\0', '');
    trees.push([name, readTree(page, value)]);
  }
  return trees;
}
