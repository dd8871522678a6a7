// Samples of RabbitMQ 3.10.8's answers, by the names of their files, and the test that compares ours with
// each: none is left out but for a reason.
import { expect, it } from 'vitest';
import accessShapes from './access-shapes.json' with { type: 'json' };
import sampleMetrics from './prometheus/sample-metrics.json' with { type: 'json' };
import shapes from './rabbitmq-shapes.json' with { type: 'json' };
import sampleNames from './samples/names.json' with { type: 'json' };
import stateShapes from './state-shapes.json' with { type: 'json' };

/** By the test: the samples whose shapes it compares with our answers. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  'rabbitmq-shapes.test.ts': Object.keys(shapes),
  'access-shapes.test.ts': Object.keys(accessShapes),
  'state-shapes.test.ts': Object.keys(stateShapes),
  'error-cases.test.ts': ['error_cases.json'],
  'prometheus/sample-metrics.test.ts': Object.keys(sampleMetrics),
};

/** Why nothing is compared. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  'queue_stream.json': 'streams are not built',
  'top.json': "Erlang's processes, of a plugin that is off unless it is asked for",
};

it('every sample has one test, or a reason', () => {
  const tested = Object.values(TESTS).flat();
  expect([...tested, ...Object.keys(WITHOUT_TEST)].sort()).toEqual([...sampleNames].sort());
});
