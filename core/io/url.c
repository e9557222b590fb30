/* Splits URLs at the delimiters of RFC 3986. */
#include "url.h"

#include "log.h"

#define COVER "REDACTED"

/* Returns the offset of "://" after a scheme at the start of the text; SIZE_MAX if none. */
static size_t scheme_end(Str text) {
    size_t end = str_find(text, STR("://"), 0);
    bool is_good = end != SIZE_MAX && end > 0 && isalpha((unsigned char)text.ptr[0]) &&
                   str_has_only(str_slice(text, 0, end), "+-.");
    return is_good ? end : SIZE_MAX;
}

/* Truncates `*text` at the first `at` and returns the text after it. */
static Str url_cut(Str *text, char at) {
    size_t found = str_find_char(*text, at, 0);
    if (found == SIZE_MAX)
        return STR_EMPTY;
    Str rest = str_after(*text, found + 1);
    *text = str_slice(*text, 0, found);
    return rest;
}

bool url_parse(Str text, Url *out) {
    size_t end = scheme_end(text);
    if (end == SIZE_MAX)
        return false;
    Url url = {.scheme = str_slice(text, 0, end)};
    Str rest = str_after(text, end + 3);
    url.fragment = url_cut(&rest, '#');
    url.query = url_cut(&rest, '?');
    size_t slash = str_find_char(rest, '/', 0);
    url.host = str_slice(rest, 0, slash);
    url.path = slash == SIZE_MAX ? STR_EMPTY : str_after(rest, slash);
    size_t at = str_rfind_char(url.host, '@');
    if (at != SIZE_MAX) {
        url.userinfo = str_slice(url.host, 0, at);
        url.host = str_after(url.host, at + 1);
    }
    *out = url;
    return true;
}

Str url_to_str(const Url *url, Arena *arena) {
    const struct {
        const char *before;
        Str part;
        const char *behind;
    } optional[] = {
        {"", url->userinfo, "@"}, {"", url->host, ""},      {"", url->path, ""},
        {"?", url->query, ""},    {"#", url->fragment, ""},
    };
    StrBuf text = strbuf_new(arena);
    strbuf_add(&text, url->scheme);
    strbuf_add_cstr(&text, "://");
    for (size_t i = 0; i < ARRAY_COUNT(optional); i++) {
        if (!optional[i].part.len)
            continue;
        strbuf_add_cstr(&text, optional[i].before);
        strbuf_add(&text, optional[i].part);
        strbuf_add_cstr(&text, optional[i].behind);
    }
    return strbuf_str(&text);
}

Str url_host_name(const Url *url) {
    size_t bracket = str_rfind_char(url->host, ']');
    size_t colon = str_rfind_char(url->host, ':');
    bool has_port = colon != SIZE_MAX && (bracket == SIZE_MAX || bracket < colon);
    return str_slice(url->host, 0, has_port ? colon : SIZE_MAX);
}

/* 127.0.0.0/8. A name such as 127.0.0.1.example.com is no address. */
static bool is_loopback_v4(Str host) {
    for (size_t i = 0; i < host.len; i++) {
        if (!isdigit((unsigned char)host.ptr[i]) && host.ptr[i] != '.')
            return false;
    }
    return str_starts_with(host, STR("127."));
}

bool url_is_loopback(const Url *url) {
    Str host = url_host_name(url);
    return str_equal(host, STR("localhost")) || str_equal(host, STR("::1")) ||
           str_equal(host, STR("[::1]")) || is_loopback_v4(host);
}

/* Removes the segments "." and "..": "/a/./b/../c" → "/a/c" (RFC 3986, section 5.2.4). */
static Str remove_dot_segments(Str path, Arena *arena) {
    StrVec kept = {0};
    for (size_t at = 1, end; at <= path.len; at = end + 1) {
        end = str_find_char(path, '/', at);
        bool is_last = end == SIZE_MAX;
        end = is_last ? path.len : end;
        Str segment = str_slice(path, at, end);
        bool is_parent = str_equal(segment, STR(".."));
        if (is_parent && kept.count)
            (void)vec_pop(&kept);
        if (!is_parent && !str_equal(segment, STR(".")))
            vec_push(arena, &kept, segment);
        else if (is_last)
            vec_push(arena, &kept, STR_EMPTY);
    }
    return str_concat(STR("/"), str_join(kept.items, kept.count, STR("/"), arena), arena);
}

/* Returns the path of a reference: absolute, or relative to the directory of `base`. */
static Str resolve_path(Str base, Str path, Arena *arena) {
    Str directory = base.len ? str_slice(base, 0, str_rfind_char(base, '/') + 1) : STR("/");
    if (!str_starts_with(path, STR("/")))
        path = str_concat(directory, path, arena);
    return remove_dot_segments(path, arena);
}

Str url_resolve(Str base, Str reference, Arena *arena) {
    Url url;
    if (scheme_end(reference) != SIZE_MAX || !url_parse(base, &url))
        return reference;
    if (str_starts_with(reference, STR("//")))
        return str_format(arena, "%.*s:%.*s", STR_ARG(url.scheme), STR_ARG(reference));
    url.fragment = url_cut(&reference, '#');
    Str query = url_cut(&reference, '?');
    if (reference.len || query.len)
        url.query = query;
    if (reference.len)
        url.path = resolve_path(url.path, reference, arena);
    return url_to_str(&url, arena);
}

static int url_hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool url_decode(Str text, Str *out, Arena *arena) {
    StrBuf decoded = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            strbuf_add_char(&decoded, text.ptr[i]);
            continue;
        }
        int high = i + 2 < text.len ? url_hex_digit(text.ptr[i + 1]) : -1;
        int low = i + 2 < text.len ? url_hex_digit(text.ptr[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        strbuf_add_char(&decoded, (char)(high << 4 | low));
        i += 2;
    }
    *out = strbuf_str(&decoded);
    return true;
}

static Str parameter_name(Str parameter) {
    return str_slice(parameter, 0, str_find_char(parameter, '=', 0));
}

static Str parameter_value(Str parameter) {
    size_t equals = str_find_char(parameter, '=', 0);
    return equals == SIZE_MAX ? STR_EMPTY : str_after(parameter, equals + 1);
}

Str url_encode(Str text, bool keeps_slashes, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = (c < 128 && isalnum(c)) || strchr("-._~", c) != NULL;
        if ((is_plain && c) || (c == '/' && keeps_slashes))
            strbuf_add_char(&out, (char)c);
        else
            strbuf_add_format(&out, "%%%02X", c);
    }
    return strbuf_str(&out);
}

bool url_query_find(Str query, Str name, Str *out) {
    for (Str parameter; str_next_field(&query, '&', &parameter);) {
        if (!str_equal(parameter_name(parameter), name))
            continue;
        *out = parameter_value(parameter);
        return true;
    }
    return false;
}

Str url_query_without(Str query, Str name, Arena *arena) {
    StrVec kept = {0};
    for (Str parameter; str_next_field(&query, '&', &parameter);) {
        if (!str_equal(parameter_name(parameter), name))
            vec_push(arena, &kept, parameter);
    }
    return str_join(kept.items, kept.count, STR("&"), arena);
}

static Str redact_query(Str query, Arena *arena) {
    StrVec parameters = {0};
    for (Str parameter; str_next_field(&query, '&', &parameter);) {
        Str name = parameter_name(parameter);
        if (log_is_secret_name(name))
            parameter = str_concat(name, STR("=" COVER), arena);
        vec_push(arena, &parameters, parameter);
    }
    return str_join(parameters.items, parameters.count, STR("&"), arena);
}

/* Returns a forced source type ("git::") before the scheme; empty if none. */
static Str forced_kind(Str text) {
    size_t colons = str_find(text, STR("::"), 0);
    size_t slashes = str_find(text, STR("://"), 0);
    bool is_forced = colons != SIZE_MAX && (slashes == SIZE_MAX || colons < slashes);
    return is_forced ? str_slice(text, 0, colons + 2) : STR_EMPTY;
}

/* An scp-style address (git@host:path?sshkey=…) has no scheme. */
static bool url_is_ssh(const Url *url) {
    return url->scheme.len == 0 || str_ends_with(url->scheme, STR("ssh"));
}

/* Splits an scp-style address, or a path, into userinfo, the rest before the query (as `path`), and
 * the query. Userinfo is followed by "@", and the host by a colon. */
static Url split_scp(Str text) {
    Url url = {.path = text};
    url.query = url_cut(&url.path, '?');
    size_t at = str_find_char(str_slice(url.path, 0, str_find_char(url.path, '/', 0)), '@', 0);
    if (at == SIZE_MAX || str_find_char(url.path, ':', at) == SIZE_MAX)
        return url;
    url.userinfo = str_slice(url.path, 0, at);
    url.path = str_after(url.path, at + 1);
    return url;
}

static Url url_split(Str text) {
    Url url;
    return url_parse(text, &url) ? url : split_scp(text);
}

static Str scp_to_str(const Url *url, Arena *arena) {
    Str parts[] = {url->userinfo, url->userinfo.len ? STR("@") : STR_EMPTY, url->path,
                   url->query.len ? STR("?") : STR_EMPTY, url->query};
    return str_join(parts, ARRAY_COUNT(parts), STR_EMPTY, arena);
}

static Str redact_once(Str text, Arena *arena) {
    Str kind = forced_kind(text);
    Url url = url_split(str_after(text, kind.len));
    url.userinfo = url_is_ssh(&url)
                       ? str_slice(url.userinfo, 0, str_find_char(url.userinfo, ':', 0))
                       : STR_EMPTY;
    url.query = redact_query(url.query, arena);
    Str shown = url.scheme.len ? url_to_str(&url, arena) : scp_to_str(&url, arena);
    return str_concat(kind, shown, arena);
}

/* The result may parse as another URL with more secrets. */
Str url_redact(Str text, Arena *arena) {
    for (;;) {
        Str shown = redact_once(text, arena);
        if (str_equal(shown, text))
            return shown;
        text = shown;
    }
}

static void add_secret(StrVec *secrets, Str secret, Arena *arena) {
    Str decoded;
    if (secret.len == 0)
        return;
    vec_push(arena, secrets, secret);
    if (url_decode(secret, &decoded, arena) && !str_equal(decoded, secret))
        vec_push(arena, secrets, decoded);
}

StrVec url_secrets(Str address, Arena *arena) {
    StrVec secrets = {0};
    Url url = url_split(str_after(address, forced_kind(address).len));
    size_t colon = str_find_char(url.userinfo, ':', 0);
    if (colon != SIZE_MAX || !url_is_ssh(&url))
        add_secret(&secrets, url.userinfo, arena);
    if (colon != SIZE_MAX)
        add_secret(&secrets, str_after(url.userinfo, colon + 1), arena);
    if (colon != SIZE_MAX && !url_is_ssh(&url))
        add_secret(&secrets, str_slice(url.userinfo, 0, colon), arena);
    for (Str parameter; str_next_field(&url.query, '&', &parameter);) {
        if (log_is_secret_name(parameter_name(parameter)))
            add_secret(&secrets, parameter_value(parameter), arena);
    }
    return secrets;
}

Str url_scrub(Str message, Str address, Arena *arena) {
    StrVec secrets = url_secrets(address, arena);
    vec_each(&secrets, secret) {
        StrBuf text = strbuf_new(arena);
        size_t from = 0;
        for (size_t at; (at = str_find(message, *secret, from)) != SIZE_MAX;) {
            strbuf_add(&text, str_slice(message, from, at));
            strbuf_add_cstr(&text, COVER);
            from = at + secret->len;
        }
        strbuf_add(&text, str_after(message, from));
        message = strbuf_str(&text);
    }
    return message;
}
