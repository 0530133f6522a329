const STYLE = 'font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem';

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<body style="${STYLE}">
<h1>${title}</h1>
${body}
</body>
</html>
`;

/** Asks for the token. `refusal` is one of our own sentences. */
export const loginPage = (refusal: string | undefined) =>
  page(
    'The server behind the sessions',
    `${refusal === undefined ? '' : `<p role="alert">${refusal}</p>\n`}<form method="post" action="/api/admin/login">
<p><label>Token<br><input name="token" type="password" required autocomplete="off" style="font: inherit; width: 100%"></label></p>
<p><button style="font: inherit">Open</button></p>
</form>`,
  );

export const adminPage = page(
  'The server behind the sessions',
  `<ul>
<li><a href="/api/admin/queues/">Queues of the tools</a></li>
<li><a href="/api/admin/dead-events">Events that could not be stored</a></li>
</ul>`,
);
