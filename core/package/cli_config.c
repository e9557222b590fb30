/* cli_config: splits the text into tokens, then parses settings and blocks. */
#include "cli_config.h"

#include "provider_address.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_TEXT,
    TOKEN_SIGN, /* one of = { } [ ] , */
    TOKEN_BAD,
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Str text;
} Token;

typedef struct Parser {
    Str rest;
    Str path;
    Str whole;
    Token token; /* the current one */
    CliConfig *config;
    Arena *arena;
    Diags *diags;
} Parser;

enum { DEPTH_MAX = 20 };

static void skip_to(Parser *parser, Str end, size_t from) {
    size_t at = str_find(parser->rest, end, from);
    parser->rest = at == SIZE_MAX ? STR_EMPTY : str_after(parser->rest, at + end.len);
}

static void cli_config_skip_blanks(Parser *parser) {
    while (parser->rest.len > 0) {
        if (str_find_char(STR(" \t\r\n"), parser->rest.ptr[0], 0) != SIZE_MAX)
            parser->rest = str_after(parser->rest, 1);
        else if (parser->rest.ptr[0] == '#' || str_starts_with(parser->rest, STR("//")))
            skip_to(parser, STR("\n"), 0);
        else if (str_starts_with(parser->rest, STR("/*")))
            skip_to(parser, STR("*/"), 2);
        else
            return;
    }
}

/* Reads a text after its first quote. */
static Token cli_config_read_text(Parser *parser) {
    StrBuf text = strbuf_new(parser->arena);
    for (size_t i = 1; i < parser->rest.len; i++) {
        char c = parser->rest.ptr[i];
        if (c == '"') {
            parser->rest = str_after(parser->rest, i + 1);
            return (Token){TOKEN_TEXT, strbuf_str(&text)};
        }
        if (c == '\n')
            break;
        if (c == '\\' && i + 1 < parser->rest.len)
            c = parser->rest.ptr[++i];
        strbuf_add_char(&text, c);
    }
    return (Token){TOKEN_BAD, parser->rest};
}

static Token cli_config_read_token(Parser *parser) {
    cli_config_skip_blanks(parser);
    if (parser->rest.len == 0)
        return (Token){TOKEN_END, parser->rest};
    char first = parser->rest.ptr[0];
    if (first == '"')
        return cli_config_read_text(parser);
    size_t length = 0;
    while (length < parser->rest.len &&
           str_has_only(str_slice(parser->rest, length, length + 1), "_-."))
        length++;
    TokenKind kind = length > 0                                           ? TOKEN_NAME
                     : str_find_char(STR("={}[],"), first, 0) != SIZE_MAX ? TOKEN_SIGN
                                                                          : TOKEN_BAD;
    Token token = {kind, str_slice(parser->rest, 0, length ? length : 1)};
    parser->rest = str_after(parser->rest, token.text.len);
    return token;
}

static void cli_config_next(Parser *parser) {
    parser->token = cli_config_read_token(parser);
}

static bool at_sign(const Parser *parser, char sign) {
    return parser->token.kind == TOKEN_SIGN && parser->token.text.ptr[0] == sign;
}

static size_t cli_config_line_of(const Parser *parser) {
    size_t line = 1;
    size_t done = parser->whole.len - parser->rest.len;
    for (size_t i = 0; i < done; i++)
        line += parser->whole.ptr[i] == '\n';
    return line;
}

static bool cli_config_fail(const Parser *parser) {
    return diags_fail(parser->diags, NO_RANGE, "Invalid CLI configuration file",
                      "Line %zu of \"%.*s\" cannot be read.", cli_config_line_of(parser),
                      STR_ARG(parser->path));
}

/* `reason`: a sentence. */
static bool PRINTF_LIKE(2, 3) cli_config_refuse(const Parser *parser, const char *reason, ...) {
    va_list args;
    va_start(args, reason);
    Str text = str_vformat(parser->arena, reason, args);
    va_end(args);
    return diags_fail(parser->diags, NO_RANGE, "Invalid CLI configuration file",
                      "Line %zu of \"%.*s\": %.*s", cli_config_line_of(parser),
                      STR_ARG(parser->path), STR_ARG(text));
}

/* A value: a text or name, or a list of them. */
static bool cli_config_read_value(Parser *parser, StrVec *out) {
    bool is_list = at_sign(parser, '[');
    if (is_list)
        cli_config_next(parser);
    while (parser->token.kind == TOKEN_TEXT || parser->token.kind == TOKEN_NAME) {
        vec_push(parser->arena, out, parser->token.text);
        cli_config_next(parser);
        if (!is_list)
            return true;
        if (at_sign(parser, ','))
            cli_config_next(parser);
    }
    if (!is_list || !at_sign(parser, ']'))
        return cli_config_fail(parser);
    cli_config_next(parser);
    return true;
}

typedef struct Setting {
    Str name;
    StrVec values; /* of an argument; the labels of a block */
    bool is_block; /* the current token is the first of its content */
} Setting;

/* Reads the beginning of a setting. */
static bool read_setting(Parser *parser, Setting *out) {
    *out = (Setting){.name = parser->token.text};
    if (parser->token.kind != TOKEN_NAME && parser->token.kind != TOKEN_TEXT)
        return cli_config_fail(parser);
    cli_config_next(parser);
    while (parser->token.kind == TOKEN_TEXT) {
        vec_push(parser->arena, &out->values, parser->token.text);
        cli_config_next(parser);
    }
    bool has_equals = at_sign(parser, '=');
    if (has_equals)
        cli_config_next(parser);
    out->is_block = at_sign(parser, '{');
    if (out->is_block)
        cli_config_next(parser);
    else if (has_equals)
        return cli_config_read_value(parser, &out->values);
    return out->is_block || cli_config_fail(parser);
}

typedef bool (*SettingReader)(Parser *parser, const Setting *setting, void *payload, int depth);

static bool cli_config_read_settings(Parser *parser, SettingReader reader, void *payload,
                                     int depth) {
    if (depth > DEPTH_MAX)
        return cli_config_fail(parser);
    while (parser->token.kind != TOKEN_END && !at_sign(parser, '}')) {
        Setting setting;
        if (!read_setting(parser, &setting) || !reader(parser, &setting, payload, depth))
            return false;
        if (at_sign(parser, ','))
            cli_config_next(parser);
    }
    return true;
}

/* Reads the content of a block up to its closing brace. */
static bool cli_config_read_content(Parser *parser, SettingReader reader, void *payload,
                                    int depth) {
    if (!cli_config_read_settings(parser, reader, payload, depth + 1))
        return false;
    if (!at_sign(parser, '}'))
        return cli_config_fail(parser);
    cli_config_next(parser);
    return true;
}

static bool ignore_setting(Parser *parser, const Setting *setting, void *payload, int depth) {
    return !setting->is_block || cli_config_read_content(parser, ignore_setting, payload, depth);
}

static Str first_value(const Setting *setting) {
    return setting->values.count == 1 ? setting->values.items[0] : STR_EMPTY;
}

/* Takes the value if this is the argument `name`. */
static void take_text(const Setting *setting, const char *name, Str *out) {
    if (!setting->is_block && str_equal_cstr(setting->name, name))
        *out = first_value(setting);
}

static bool read_override(Parser *parser, const Setting *setting, void *payload, int depth) {
    if (setting->is_block || setting->values.count != 1)
        return ignore_setting(parser, setting, payload, depth);
    Str address =
        provider_address_complete(setting->name, parser->config->default_host, parser->arena);
    if (!provider_address_is_complete(address))
        return cli_config_refuse(parser, "\"%.*s\" is not the address of a provider.",
                                 STR_ARG(setting->name));
    vec_push(parser->arena, &parser->config->overrides,
             (CliOverride){address, first_value(setting)});
    return true;
}

static bool read_installation(Parser *parser, const Setting *setting, void *payload, int depth) {
    CliInstallation *installation = payload;
    if (setting->is_block)
        return cli_config_read_content(parser, ignore_setting, NULL, depth);
    static const char *const places[] = {
        [CLI_METHOD_FILESYSTEM_MIRROR] = "path",
        [CLI_METHOD_NETWORK_MIRROR] = "url",
        [CLI_METHOD_OCI_MIRROR] = "repository_template",
        [CLI_METHOD_DIRECT] = "",
    };
    if (str_equal_cstr(setting->name, places[installation->method]))
        installation->path = first_value(setting);
    if (str_equal(setting->name, STR("exclude")))
        installation->exclude = setting->values;
    if (str_equal(setting->name, STR("include"))) {
        installation->include = setting->values;
        installation->has_include = true;
    }
    return true;
}

/* Completes the patterns. */
static bool check_patterns(const Parser *parser, StrVec *patterns) {
    vec_each(patterns, pattern) {
        StrBuf text = strbuf_new(parser->arena);
        Str whole = provider_address_pattern(*pattern, parser->config->default_host, parser->arena);
        for (size_t i = 0; i < whole.len; i++)
            strbuf_add_char(&text, whole.ptr[i] == '*' ? 'x' : whole.ptr[i]);
        if (!provider_address_is_complete(strbuf_str(&text)))
            return cli_config_refuse(
                parser, "\"%.*s\" is not a pattern for addresses of providers.", STR_ARG(*pattern));
        *pattern = whole;
    }
    return true;
}

/* The variables of the template of an OCI mirror. */
static const char *const address_parts[] = {"hostname", "namespace", "type"};

/* Replaces ${hostname}, ${namespace} and ${type}; counts each in `uses`. Returns false for others.
 */
static bool expand_template(Str template, const Str values[3], size_t uses[3], Str *out,
                            Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t at; (at = str_find(template, STR("${"), 0)) != SIZE_MAX;) {
        size_t end = str_find_char(template, '}', at);
        Str name = end == SIZE_MAX ? STR_EMPTY : str_trim(str_slice(template, at + 2, end));
        size_t i = 0;
        while (i < ARRAY_COUNT(address_parts) && !str_equal_cstr(name, address_parts[i]))
            i++;
        if (i == ARRAY_COUNT(address_parts))
            return false;
        uses[i]++;
        strbuf_add(&text, str_slice(template, 0, at));
        strbuf_add(&text, values[i]);
        template = str_after(template, end + 1);
    }
    strbuf_add(&text, template);
    *out = strbuf_str(&text);
    return str_find(template, STR("%{"), 0) == SIZE_MAX;
}

bool cli_config_repository(const CliInstallation *installation, Str address, Str *out,
                           Arena *arena) {
    Str values[3];
    size_t uses[3] = {0};
    provider_address_split(address, &values[0], &values[1], &values[2]);
    return expand_template(installation->path, values, uses, out, arena);
}

/* Returns an error about the template as the end of a sentence, or NULL: it has unknown variables,
 * or lacks one for a part that `include` leaves open. */
static const char *find_template_error(const CliInstallation *installation, Arena *arena) {
    static const Str sample[3] = {STR_CONST("h"), STR_CONST("n"), STR_CONST("t")};
    size_t uses[3] = {0};
    Str text;
    if (installation->path.len == 0)
        return "it needs \"repository_template\"";
    if (!expand_template(installation->path, sample, uses, &text, arena))
        return "its repository_template may contain ${hostname}, ${namespace} and ${type} only";
    for (size_t i = 0; i < ARRAY_COUNT(address_parts); i++) {
        Str fixed = STR_EMPTY;
        bool is_open = installation->include.count == 0;
        vec_each(&installation->include, pattern) {
            Str names[3];
            provider_address_split(*pattern, &names[0], &names[1], &names[2]);
            is_open = is_open || str_equal(names[i], STR("*")) ||
                      (fixed.len && !str_equal(fixed, names[i]));
            fixed = names[i];
        }
        if (is_open && uses[i] == 0)
            return "its repository_template needs a variable for each part of an address that "
                   "\"include\" leaves open: ${hostname}, ${namespace}, ${type}";
    }
    return NULL;
}

static bool check_oci_mirror(const Parser *parser, const CliInstallation *installation) {
    const char *error = find_template_error(installation, parser->arena);
    return !error || cli_config_refuse(parser, "The block oci_mirror is wrong: %s.", error);
}

static bool check_installation(const Parser *parser, CliInstallation *installation) {
    if (!check_patterns(parser, &installation->include) ||
        !check_patterns(parser, &installation->exclude))
        return false;
    switch (installation->method) {
    case CLI_METHOD_DIRECT: return true;
    case CLI_METHOD_FILESYSTEM_MIRROR:
        return installation->path.len > 0 ||
               cli_config_refuse(parser,
                                 "The block filesystem_mirror needs \"path\", a directory.");
    case CLI_METHOD_NETWORK_MIRROR:
        if (!str_starts_with(installation->path, STR("https://")))
            return cli_config_refuse(parser,
                                     "The block network_mirror needs \"url\", an https address.");
        if (!str_ends_with(installation->path, STR("/")))
            installation->path = str_concat(installation->path, STR("/"), parser->arena);
        return true;
    case CLI_METHOD_OCI_MIRROR: return check_oci_mirror(parser, installation);
    }
    return true;
}

static bool read_method(Parser *parser, const Setting *setting, void *, int depth) {
    static const char *const names[] = {
        [CLI_METHOD_FILESYSTEM_MIRROR] = "filesystem_mirror",
        [CLI_METHOD_NETWORK_MIRROR] = "network_mirror",
        [CLI_METHOD_OCI_MIRROR] = "oci_mirror",
        [CLI_METHOD_DIRECT] = "direct",
    };
    if (!setting->is_block)
        return true;
    if (str_equal(setting->name, STR("dev_overrides")))
        return cli_config_read_content(parser, read_override, NULL, depth);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (!str_equal_cstr(setting->name, names[i]))
            continue;
        CliInstallation *installation = vec_add(parser->arena, &parser->config->installations);
        installation->method = (CliMethod)i;
        return cli_config_read_content(parser, read_installation, installation, depth) &&
               check_installation(parser, installation);
    }
    return cli_config_refuse(
        parser,
        "loam has no provider installation method \"%.*s\"; the methods are "
        "filesystem_mirror, network_mirror, oci_mirror, direct and dev_overrides.",
        STR_ARG(setting->name));
}

CliHost *cli_config_add_host(CliConfig *config, Str name, Arena *arena) {
    CliHost *host = cli_config_find_host(config, name);
    if (!host)
        host = vec_add(arena, &config->hosts);
    host->name = name;
    return host;
}

static bool read_credentials(Parser *parser, const Setting *setting, void *payload, int depth) {
    CliHost *host = payload;
    take_text(setting, "token", &host->token);
    host->is_configured = true;
    return ignore_setting(parser, setting, NULL, depth);
}

static bool cli_config_read_service(Parser *parser, const Setting *setting, void *payload,
                                    int depth) {
    CliHost *host = payload;
    take_text(setting, "providers.v1", &host->providers);
    take_text(setting, "modules.v1", &host->modules);
    take_text(setting, "tfe.v2", &host->states);
    return ignore_setting(parser, setting, NULL, depth);
}

static bool read_host(Parser *parser, const Setting *setting, void *payload, int depth) {
    CliHost *host = payload;
    if (!setting->is_block || !str_equal_cstr(setting->name, "services"))
        return ignore_setting(parser, setting, NULL, depth);
    host->has_services = true;
    return cli_config_read_content(parser, cli_config_read_service, host, depth);
}

static bool read_helper(Parser *parser, const Setting *setting, void *payload, int depth) {
    if (!setting->is_block && str_equal_cstr(setting->name, "args"))
        parser->config->helper_arguments = setting->values;
    return ignore_setting(parser, setting, payload, depth);
}

static bool read_oci_credentials(Parser *parser, const Setting *setting, void *payload, int depth) {
    CliOciCredentials *credentials = payload;
    take_text(setting, "username", &credentials->user);
    take_text(setting, "password", &credentials->password);
    take_text(setting, "access_token", &credentials->access_token);
    take_text(setting, "refresh_token", &credentials->refresh_token);
    take_text(setting, "docker_credentials_helper", &credentials->helper);
    return ignore_setting(parser, setting, NULL, depth);
}

static bool read_oci_defaults(Parser *parser, const Setting *setting, void *payload, int depth) {
    CliOciDefaults *defaults = &parser->config->oci_defaults;
    if (!setting->is_block && str_equal_cstr(setting->name, "discover_ambient_credentials"))
        defaults->is_off = str_equal_cstr(first_value(setting), "false");
    take_text(setting, "docker_credentials_helper", &defaults->helper);
    if (!setting->is_block && str_equal_cstr(setting->name, "docker_style_config_files")) {
        defaults->has_files = true;
        defaults->files = setting->values;
    }
    return ignore_setting(parser, setting, payload, depth);
}

static bool cli_config_read_block(Parser *parser, const Setting *setting, int depth) {
    CliConfig *config = parser->config;
    Str label = first_value(setting);
    if (str_equal_cstr(setting->name, "provider_installation")) {
        if (config->has_installation)
            return cli_config_refuse(parser,
                                     "A second block provider_installation is not allowed.");
        config->has_installation = true;
        return cli_config_read_content(parser, read_method, NULL, depth);
    }
    bool is_credentials = str_equal_cstr(setting->name, "credentials");
    if (label.len && (is_credentials || str_equal_cstr(setting->name, "host")))
        return cli_config_read_content(parser, is_credentials ? read_credentials : read_host,
                                       cli_config_add_host(config, label, parser->arena), depth);
    if (str_equal_cstr(setting->name, "credentials_helper") && label.len) {
        config->helper = label;
        return cli_config_read_content(parser, read_helper, NULL, depth);
    }
    if (str_equal_cstr(setting->name, "oci_credentials") && label.len) {
        CliOciCredentials *credentials = vec_add(parser->arena, &config->oci_credentials);
        credentials->prefix = label;
        return cli_config_read_content(parser, read_oci_credentials, credentials, depth);
    }
    if (str_equal_cstr(setting->name, "oci_default_credentials"))
        return cli_config_read_content(parser, read_oci_defaults, NULL, depth);
    return ignore_setting(parser, setting, NULL, depth);
}

static bool read_top(Parser *parser, const Setting *setting, void *, int depth) {
    CliConfig *config = parser->config;
    if (setting->is_block)
        return cli_config_read_block(parser, setting, depth);
    take_text(setting, "plugin_cache_dir", &config->plugin_cache_dir);
    if (str_equal_cstr(setting->name, "plugin_cache_may_break_dependency_lock_file"))
        config->cache_may_break_lock = str_equal_cstr(first_value(setting), "true");
    return true;
}

bool cli_config_parse(Str text, Str path, CliConfig *config, Arena *arena, Diags *diags) {
    Parser parser = {.rest = text,
                     .path = path,
                     .whole = text,
                     .config = config,
                     .arena = arena,
                     .diags = diags};
    cli_config_next(&parser);
    if (!cli_config_read_settings(&parser, read_top, NULL, 0))
        return false;
    return parser.token.kind == TOKEN_END || cli_config_fail(&parser);
}

CliHost *cli_config_find_host(const CliConfig *config, Str host) {
    vec_each(&config->hosts, known) {
        if (str_equal(known->name, host))
            return known;
    }
    return NULL;
}

/* Addresses. */

static bool cli_config_matches(Str pattern, Str address) {
    Str wanted = pattern;
    Str part, name;
    while (str_next_field(&wanted, '/', &part)) {
        if (!str_next_field(&address, '/', &name))
            return false;
        if (!str_equal(part, STR("*")) && !str_equal(part, name))
            return false;
    }
    return address.len == 0;
}

static bool matches_any(const StrVec *patterns, Str address) {
    vec_each(patterns, pattern) {
        if (cli_config_matches(*pattern, address))
            return true;
    }
    return false;
}

bool cli_config_serves(const CliInstallation *installation, Str address) {
    if (installation->has_include && !matches_any(&installation->include, address))
        return false;
    return !matches_any(&installation->exclude, address);
}
