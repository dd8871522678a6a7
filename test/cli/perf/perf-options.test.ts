import { describe, expect, it } from 'vitest';
import { readPerfOptions } from '../../../src/cli/perf/perf-options.ts';
import { perfOptions, rawDefaults } from './perf-settings.ts';

const problemsOf = (raw: object) => readPerfOptions({ ...rawDefaults, ...raw });

describe('options of perf', () => {
  it('has a default for everything', () => {
    expect(perfOptions()).toMatchObject({ producers: 1, consumers: 1, size: 16, confirm: 0 });
    expect(perfOptions().queueNames).toEqual(['perf']);
  });

  it('reports all mistakes at once, each with its limits', () => {
    const problems = problemsOf({
      producers: '-1',
      qos: '70000',
      size: 'big',
      time: '1.5',
      mode: 'rn',
      flag: ['persistent,loud'],
    });
    expect(problems).toEqual([
      '--producers: "-1" is not a whole number from 0 to 10000',
      '--size: "big" is not a whole number from 0 to 134217728',
      '--qos: "70000" is not a whole number from 0 to 65535',
      '--mode: "rn" is none of run, drain, connections, queues',
      '--flag: "loud" is neither persistent nor mandatory',
    ]);
  });

  it.each([
    [{ qos: '10', multiAckEvery: '11' }, '--multi-ack-every 11 above --qos 10'],
    [{ latency: true, size: '7' }, '--latency needs --size of at least 8'],
    [{ verify: true, size: '19' }, '--verify needs --size of at least 20'],
    [{ verify: true, size: '20', consumers: '0' }, '--verify needs a consumer'],
    [{ verify: true, size: '20', groups: '2' }, '--verify knows no order of --groups'],
    [{ producers: '0', consumers: '0' }, 'neither a producer nor a consumer'],
    [
      { bindings: '5', exchange: 'x' },
      '--bindings needs a --type of topic, headers, x-consistent-hash',
    ],
    [
      { bindings: '5', exchange: 'x', type: 'headers', groups: '6' },
      '--bindings of type headers needs as many --groups at most, and one',
    ],
    [{ deadLetter: true, exchange: 'x' }, '--dead-letter and --exchange exclude each other'],
    [{ keys: '5' }, '--bindings and --keys need --exchange'],
    [{ uri: 'amqps://h' }, 'amqps is not measured'],
    [{ queues: '2', queuePattern: 'q%d' }, 'exclude each other'],
    [{ queuePattern: 'q' }, '--queue-pattern: needs "%d"'],
    [{ queueArgs: 'x-max-length' }, '"x-max-length" is not key=value'],
    [{ pid: '4194304' }, '--pid'],
    [{ size: '' }, '--size: "" is not'],
    [{ routingKey: 'k'.repeat(256) }, 'routingKey is longer than 255 bytes'],
  ])('refuses %j', (raw, problem) => {
    expect(String(problemsOf(raw))).toContain(problem);
  });

  it('names queues by count or by pattern', () => {
    expect(perfOptions({ queues: '3' }).queueNames).toEqual(['perf-0', 'perf-1', 'perf-2']);
    const range = { queuePattern: 'q-%d-x', queuePatternFrom: '7', queuePatternTo: '8' };
    expect(perfOptions(range).queueNames).toEqual(['q-7-x', 'q-8-x']);
  });

  it('reads queue arguments with their types', () => {
    const queueArgs = 'x-max-length=10,x-queue-type=quorum,x-single-active-consumer=true';
    expect(perfOptions({ queueArgs }).queueArguments).toEqual({
      'x-max-length': 10,
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
    });
  });
});
