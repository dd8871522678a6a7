// Forms that keep what was typed: their state is the browser's own, nothing that is polled touches it, and a refusal is shown
// inside the form with the server's reason.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { changes } from '../http/use-polled.ts';
import { noticeLostSession } from '../session.ts';
import { say } from './toasts.tsx';

export interface FormValues {
  text(name: string): string;
  isOn(name: string): boolean;
  file(name: string): File | undefined;
}

interface ActionFormProps {
  /** What it resolves to is said; a form that only asks something resolves to nothing. */
  readonly onSubmit: (values: FormValues) => Promise<string | undefined>;
  readonly submit: string;
  readonly label: string;
  readonly isDanger?: boolean;
  readonly onDone?: () => void;
  readonly onCancel?: () => void;
  readonly children: ComponentChildren;
}

export function ActionForm(props: ActionFormProps) {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const run = async (form: HTMLFormElement) => {
    setBusy(true);
    setError('');
    try {
      const message = await props.onSubmit(valuesOf(form));
      if (message !== undefined) {
        say(message);
        changes.value++;
      }
      props.onDone?.();
    } catch (failure) {
      noticeLostSession(failure);
      setError(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  };
  return (
    <form
      class="form"
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void run(event.currentTarget);
      }}
    >
      {props.children}
      {error !== '' && (
        <p class="notice danger" role="alert">
          {error}
        </p>
      )}
      <div class="form-foot">
        {props.onCancel !== undefined && (
          <button type="button" onClick={props.onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" class={props.isDanger ? 'danger' : 'primary'} aria-busy={isBusy}>
          {props.submit}
        </button>
      </div>
    </form>
  );
}

function valuesOf(form: HTMLFormElement): FormValues {
  const values = new FormData(form);
  const text = (name: string) => {
    const value = values.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    text,
    isOn: (name) => values.has(name),
    file: (name) => {
      const value = values.get(name);
      return value instanceof File && value.size > 0 ? value : undefined;
    },
  };
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly value?: string;
  readonly type?: 'text' | 'number' | 'password' | 'file' | 'search';
  readonly isRequired?: boolean;
  readonly isWide?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly placeholder?: string;
  readonly autocomplete?: string;
}

export function Field(props: FieldProps) {
  const id = useId();
  return (
    <div class={props.isWide ? 'field wide' : 'field'}>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        name={props.name}
        {...({ type: props.type ?? 'text' } as { type: 'text' })}
        defaultValue={props.value ?? ''}
        required={props.isRequired ?? false}
        spellcheck={false}
        autocomplete={props.autocomplete ?? 'off'}
        {...(props.min === undefined ? {} : { min: props.min })}
        {...(props.max === undefined ? {} : { max: props.max })}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
        {...(props.hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {props.hint !== undefined && <small id={`${id}-hint`}>{props.hint}</small>}
    </div>
  );
}

interface TextAreaProps {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly rows?: number;
  readonly hint?: string;
}

export function TextArea({ label, name, value = '', rows = 6, hint }: TextAreaProps) {
  const id = useId();
  return (
    <div class="field wide">
      <label for={id}>{label}</label>
      <textarea id={id} name={name} rows={rows} spellcheck={false} defaultValue={value} />
      {hint !== undefined && <small>{hint}</small>}
    </div>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly options: readonly Option[];
  readonly value?: string;
  readonly hint?: string;
  /** Its options are sentences. */
  readonly isRoomy?: boolean;
}

export function Choice({ label, name, options, value, hint, isRoomy = false }: ChoiceProps) {
  const id = useId();
  return (
    <div class={isRoomy ? 'field roomy' : 'field'}>
      <label for={id}>{label}</label>
      {/* While its options are still asked for, nothing is sent. */}
      <select id={id} name={name} required={options.length === 0}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && <small>{hint}</small>}
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly name: string;
  readonly isOn?: boolean;
}

export function Check({ label, name, isOn = false }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" name={name} defaultChecked={isOn} />
      <span>{label}</span>
    </label>
  );
}
