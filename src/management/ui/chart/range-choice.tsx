// The time a page's charts show; in the address, so that a link shows the same.
import { changeQuery, currentLocation } from '../location/current-location.ts';
import { CHART_RANGES, type ChartRange, rangeOf } from '../preferences.ts';

const DEFAULT_RANGE = '10m';

export function chosenRange(): ChartRange {
  return rangeOf(currentLocation.value.query['range'] ?? DEFAULT_RANGE);
}

export function RangeChoice() {
  const chosen = chosenRange();
  return (
    <div class="segmented" role="radiogroup" aria-label="Chart range">
      {CHART_RANGES.map(({ name, label }) => (
        <label key={name} title={label}>
          <input
            type="radio"
            name="range"
            class="hidden"
            checked={name === chosen.name}
            onChange={() => changeQuery({ range: name === DEFAULT_RANGE ? '' : name })}
          />
          <span>{name}</span>
        </label>
      ))}
    </div>
  );
}
