package dev.apprentice.http.internal;

/** The few pages of the server itself; the console has its own. */
final class Pages {
    private Pages() {}

    static String signIn(String token) {
        return page("Sign in", """
                <h1>Apprentice</h1>
                <p>This browser will be signed in on this machine.</p>
                <form method="post" action="/sign-in">
                  <input type="hidden" name="token" value="%s">
                  <button autofocus>Sign in</button>
                </form>
                """.formatted(escape(token)));
    }

    static String howToSignIn() {
        return page("Sign in", """
                <h1>Apprentice</h1>
                <p>You are not signed in. Run</p>
                <pre>apprentice token</pre>
                <p>in a terminal on this machine and open the address it prints.</p>
                <form method="get" action="/sign-in">
                  <label for="token">Or enter the one-time token</label>
                  <input id="token" name="token" autocomplete="off" required>
                  <button>Continue</button>
                </form>
                """);
    }

    static String error(int status, String message) {
        return page("Error " + status, """
                <h1>%d</h1>
                <p>%s</p>
                <p><a href="/">Back to the start</a></p>
                """.formatted(status, escape(message)));
    }

    private static String page(String title, String content) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s · Apprentice</title>
                <link rel="icon" type="image/svg+xml" href="/assets/http/icon.svg">
                <link rel="stylesheet" href="/assets/http/page.css">
                </head>
                <body><main>
                %s</main></body>
                </html>
                """.formatted(escape(title), content);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
