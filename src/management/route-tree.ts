// Finds the routes of a path. A word goes before a parameter at the same place.

import { METHODS, type Method, type Route } from './route.ts';

interface Node {
  readonly words: Map<string, Node>;
  parameter: Node | undefined;
  readonly routes: Map<Method, Route>;
}

export interface RouteMatch {
  /** By method; never empty. */
  readonly routes: ReadonlyMap<Method, Route>;
  /** What stands in the places of the parameters, in their order. */
  readonly values: readonly string[];
}

export class RouteTree {
  readonly #root = emptyNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
  }

  find(segments: readonly string[]): RouteMatch | undefined {
    return find(this.#root, segments, 0, []);
  }

  #add(route: Route): void {
    let node = this.#root;
    for (const segment of segmentsOf(route.path)) {
      if (segment.startsWith(':')) node = node.parameter ??= emptyNode();
      else {
        const next = node.words.get(segment) ?? emptyNode();
        node.words.set(segment, next);
        node = next;
      }
    }
    if (node.routes.has(route.method)) {
      throw new Error(`two routes for ${route.method} ${route.path}`);
    }
    node.routes.set(route.method, route);
  }
}

/** RabbitMQ's order: `HEAD, GET, PUT, POST, DELETE, OPTIONS`. */
export function allowOf({ routes }: RouteMatch): string {
  const methods = METHODS.filter((method) => routes.has(method));
  return [...(routes.has('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS'].join(', ');
}

/** The values of a match by the names that the route gives them. */
export function parametersOf(route: Route, values: readonly string[]): ReadonlyMap<string, string> {
  const names = segmentsOf(route.path).filter((segment) => segment.startsWith(':'));
  return new Map(names.map((name, at) => [name.slice(1), values[at] as string]));
}

function segmentsOf(path: string): string[] {
  return path.slice(1).split('/');
}

function emptyNode(): Node {
  return { words: new Map(), parameter: undefined, routes: new Map() };
}

function find(
  node: Node,
  segments: readonly string[],
  at: number,
  values: readonly string[],
): RouteMatch | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    return node.routes.size === 0 ? undefined : { routes: node.routes, values };
  }
  const word = node.words.get(segment);
  const found = word === undefined ? undefined : find(word, segments, at + 1, values);
  // An empty segment names nothing.
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  return find(node.parameter, segments, at + 1, [...values, segment]);
}
