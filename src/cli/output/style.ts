// Colours: on a terminal only, and not when NO_COLOR or --no-color says so (https://no-color.org).

import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

export class Style {
  readonly #isColoured: boolean;

  constructor(isColoured: boolean) {
    this.#isColoured = isColoured;
  }

  heading(text: string): string {
    return this.#paint('bold', text);
  }

  faint(text: string): string {
    return this.#paint('dim', text);
  }

  warning(text: string): string {
    return this.#paint('yellow', text);
  }

  bad(text: string): string {
    return this.#paint('red', text);
  }

  inverse(text: string): string {
    return this.#paint('inverse', text);
  }

  #paint(format: Format, text: string): string {
    // We know better than styleText of later Node versions whether it is for a terminal.
    return this.#isColoured ? styleText(format, text, { validateStream: false }) : text;
  }
}
