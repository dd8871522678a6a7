// What is measured, as Prometheus wants it told: names, kinds and texts, and rows of numbers. How it is
// written is no matter here.

import type { AdminNode } from '../admin-node.ts';

export type MetricType = 'counter' | 'gauge' | 'untyped';

export interface Metric {
  /** Without the prefix. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
}

export type Labels = Readonly<Record<string, string>>;

/** One object: a number for each metric of its group; NaN: there is none. */
export interface MetricRow {
  readonly labels: Labels;
  readonly values: ArrayLike<number>;
}

/** Metrics that are read together. */
export interface MetricGroup {
  /** How `/metrics/detailed` asks for it; undefined: it is not to be had there. */
  readonly family?: string;
  readonly metrics: readonly Metric[];
  /** `isMeant`: the vhosts whose objects are wanted. */
  rows(node: AdminNode, isMeant: (vhost: string) => boolean): Iterable<MetricRow>;
  /** All objects together; undefined: the sum of the rows. Counters must not shrink when an object goes. */
  total?(node: AdminNode): ArrayLike<number>;
  /** True: a row is not of an object, so rows are told one by one wherever the group is. */
  readonly isLabelled?: boolean;
}

export interface HistogramMetric {
  readonly name: string;
  readonly help: string;
  readonly labels: Labels;
  /** As they are to be written. */
  readonly bounds: readonly string[];
  /** Not cumulative, one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export function counter(name: string, help: string): Metric {
  return { name, type: 'counter', help };
}

export function gauge(name: string, help: string): Metric {
  return { name, type: 'gauge', help };
}

export function untyped(name: string, help: string): Metric {
  return { name, type: 'untyped', help };
}

/** A group with one row that belongs to no object. */
export function single(
  family: string | undefined,
  metrics: readonly Metric[],
  values: (node: AdminNode) => ArrayLike<number>,
): MetricGroup {
  return {
    ...(family !== undefined && { family }),
    metrics,
    isLabelled: true,
    *rows(node) {
      yield { labels: {}, values: values(node) };
    },
  };
}
