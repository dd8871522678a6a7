// The list of what our broker does otherwise than RabbitMQ 3.10.8, made from the conversations themselves.
import type { Script, Step } from './script.ts';

export function listDifferences(scripts: readonly Script[]): string {
  const parts = scripts.flatMap((script) => {
    const steps = script.steps.filter((step) => step.broker !== undefined);
    if (script.warrenOnly !== undefined) {
      return [`${script.path}: ${script.title}\n  warren-only\n  Why: ${script.warrenOnly}\n`];
    }
    if (steps.length === 0) return [];
    const lines = distinct(steps.map((step) => `  ${withoutReason(step)}`));
    const reasons = distinct(steps.map((step) => step.reason)).filter(
      (reason) => !/^(|as above)$/.test(reason),
    );
    return [`${script.path}: ${script.title}\n${lines.join('\n')}\n  Why: ${reasons.join('; ')}\n`];
  });
  const head = `Where our broker differs from RabbitMQ 3.10.8 on purpose: ${parts.length} conversations of ${scripts.length}.\n`;
  return [head, ...parts].join('\n');
}

/** A line of a loop is the same each time, or nearly so. */
function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

function withoutReason(step: Step): string {
  return step.reason === '' ? step.source : step.source.slice(0, step.source.lastIndexOf(' # '));
}
