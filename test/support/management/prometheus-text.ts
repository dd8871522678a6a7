// Reads Prometheus' text format strictly: a name comes once, with TYPE and HELP before its samples.

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly type: string;
  readonly help: string;
}

export interface ParsedMetrics {
  readonly families: ReadonlyMap<string, MetricFamily>;
  readonly samples: readonly MetricSample[];
  /** Undefined: there is no such sample. All labels have to be named. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export function parseMetrics(text: string): ParsedMetrics {
  const families = new Map<string, MetricFamily>();
  const samples: MetricSample[] = [];
  let family = '';
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'TYPE') {
      if (families.has(name)) throw new Error(`${name} is told twice`);
      families.set(name, { type: rest, help: '' });
      family = name;
    } else if (keyword === 'HELP') {
      if (name !== family) throw new Error(`HELP of ${name} is not behind its TYPE`);
      families.set(name, { ...(families.get(name) as MetricFamily), help: rest });
    } else {
      const sample = parseSample(line);
      if (sample.name.replace(/_(bucket|sum|count)$/, '') !== family && sample.name !== family) {
        throw new Error(`${sample.name} stands below ${family}`);
      }
      samples.push(sample);
    }
  }
  return {
    families,
    samples,
    value: (name, labels = {}) => {
      const wanted = JSON.stringify(Object.entries(labels).sort());
      return samples.find(
        (one) => one.name === name && JSON.stringify(Object.entries(one.labels).sort()) === wanted,
      )?.value;
    },
  };
}

function parseSample(line: string): MetricSample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`not a sample: ${line}`);
  const [, name = '', labelText = '', value = ''] = match;
  const labels: Record<string, string> = {};
  const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
  while (label.lastIndex < labelText.length) {
    const [, key = '', escaped = ''] = label.exec(labelText) ?? [];
    if (key === '') throw new Error(`not a label: ${labelText}`);
    labels[key] = escaped.replace(/\\(["\\n])/g, (_, mark) => (mark === 'n' ? '\n' : mark));
  }
  const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
  if (Number.isNaN(number) && value !== 'NaN') throw new Error(`not a number: ${value}`);
  return { name, labels, value: number };
}
