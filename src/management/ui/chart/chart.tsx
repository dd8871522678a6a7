// A line chart of the server's samples, drawn by uPlot. Its legend is ours: buttons that show and hide a line and say its
// newest value, for those who do not see the drawing too.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { ChartFigures } from '../format/stats.ts';
import { theme } from '../preferences.ts';
import { alignedOf, type ChartColors, chartOptions } from './chart-options.ts';

interface ChartProps {
  readonly title: string;
  readonly figures: ChartFigures;
  readonly format: (value: number | null | undefined) => string;
  /** Lines that start hidden. */
  readonly quiet?: readonly string[];
  readonly height?: number;
}

export function Chart({ title, figures, format, quiet = [], height = 190 }: ChartProps) {
  const [hidden, setHidden] = useState<readonly string[]>(quiet);
  const [cursor, setCursor] = useState<number | null>(null);
  const newest = figures.times.length - 1;
  const at = cursor !== null && cursor <= newest ? cursor : newest;
  const toggle = (name: string) =>
    setHidden(hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name]);
  return (
    <figure class="chart" aria-label={title}>
      <Drawing
        figures={figures}
        format={format}
        hidden={hidden}
        height={height}
        onCursor={setCursor}
      />
      <figcaption class="legend">
        {figures.series.map(({ name, label, values }, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={!hidden.includes(name)}
            onClick={() => toggle(name)}
          >
            <span class={`swatch line-${index + 1}`} aria-hidden="true" />
            {label}
            <output>{format(values[at])}</output>
          </button>
        ))}
      </figcaption>
    </figure>
  );
}

interface DrawingProps {
  readonly figures: ChartFigures;
  readonly format: ChartProps['format'];
  readonly hidden: readonly string[];
  readonly height: number;
  readonly onCursor: (index: number | null) => void;
}

function Drawing({ figures, format, hidden, height, onCursor }: DrawingProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const names = figures.series.map(({ name }) => name).join();
  const scheme = useScheme();
  const latest = useRef({ figures, format });
  latest.current = { figures, format };
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const options = chartOptions({
      series: latest.current.figures.series,
      colors: colorsOf(element),
      format: (value) => latest.current.format(value),
      width: element.clientWidth,
      height,
      onCursor,
    });
    const drawn = new uPlot(options, alignedOf(latest.current.figures), element);
    plot.current = drawn;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) drawn.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [names, scheme, height]);
  useEffect(() => {
    const drawn = plot.current;
    if (drawn === undefined) return;
    figures.series.forEach(({ name }, index) => {
      const isShown = !hidden.includes(name);
      if (drawn.series[index + 1]?.show !== isShown) drawn.setSeries(index + 1, { show: isShown });
    });
    drawn.setData(alignedOf(figures));
  }, [figures, hidden, names, scheme]);
  return (
    <div class="drawing" ref={host} aria-hidden="true">
      {figures.times.length === 0 && <p class="empty">No samples yet.</p>}
    </div>
  );
}

/** A canvas has no style sheet: it is drawn anew when the colours change. */
function useScheme(): string {
  const query = '(prefers-color-scheme: dark)';
  const [isDark, setDark] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const follow = () => setDark(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  return theme.value === 'auto' ? String(isDark) : theme.value;
}

function colorsOf(element: Element): ChartColors {
  const style = window.getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    lines: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => color(`--line-${number}`)),
    grid: color('--grid'),
    text: color('--faint'),
    font: `11px ${style.fontFamily}`,
  };
}
