// The way in. What goes wrong is said in the server's words.
import { useEffect } from 'preact/hooks';
import { ActionForm, Field, type FormValues } from './elements/form.tsx';
import { ApiError } from './http/request.ts';
import { logIn, loginNotice } from './session.ts';

export function Login() {
  useEffect(() => {
    document.title = 'Log in · WarrenMQ';
    document.querySelector<HTMLInputElement>('input[name=username]')?.focus();
  }, []);
  const submit = async (values: FormValues) => {
    loginNotice.value = '';
    try {
      await logIn(values.text('username'), values.text('password'));
    } catch (error) {
      throw new Error(explain(error));
    }
    return undefined;
  };
  return (
    <main class="login">
      <div class="login-box">
        <h1>
          <Mark /> WarrenMQ
        </h1>
        {loginNotice.value !== '' && (
          <p class="notice" role="status">
            {loginNotice.value}
          </p>
        )}
        <ActionForm label="Log in" submit="Log in" onSubmit={submit}>
          <Field label="User" name="username" autocomplete="username" isRequired />
          <Field label="Password" name="password" type="password" autocomplete="current-password" />
        </ActionForm>
      </div>
    </main>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 22c0-6 4-10 9-10s9 4 9 10M12 22c0-3 1.7-5 4-5s4 2 4 5M12.5 9 11 5M19.5 9 21 5" />
    </svg>
  );
}

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.message === 'User can only log in via localhost') {
    return 'This user may only log in from the machine that the broker runs on.';
  }
  if (error.message === 'Login failed') return 'Wrong user or password.';
  if (error.message === 'Not management user') {
    return 'This user has no management tag: it may use AMQP, but not this page.';
  }
  return error.message;
}
