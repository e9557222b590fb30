/* The files have sections and lines NAME = VALUE. Indented lines are nested settings, which do not
 * concern credentials. */
#include "aws_profile.h"

typedef struct Setting {
    const char *name;
    size_t offset;
} Setting;

static const Setting settings[] = {
    {"aws_access_key_id", offsetof(AwsProfile, access_key)},
    {"aws_secret_access_key", offsetof(AwsProfile, secret_key)},
    {"aws_session_token", offsetof(AwsProfile, token)},
    {"region", offsetof(AwsProfile, region)},
    {"role_arn", offsetof(AwsProfile, role_arn)},
    {"source_profile", offsetof(AwsProfile, source_profile)},
    {"credential_source", offsetof(AwsProfile, credential_source)},
    {"external_id", offsetof(AwsProfile, external_id)},
    {"role_session_name", offsetof(AwsProfile, role_session_name)},
    {"duration_seconds", offsetof(AwsProfile, duration_seconds)},
    {"mfa_serial", offsetof(AwsProfile, mfa_serial)},
    {"web_identity_token_file", offsetof(AwsProfile, web_identity_token_file)},
    {"credential_process", offsetof(AwsProfile, credential_process)},
    {"sso_session", offsetof(AwsProfile, sso_session)},
    {"sso_start_url", offsetof(AwsProfile, sso_start_url)},
    {"sso_region", offsetof(AwsProfile, sso_region)},
    {"sso_account_id", offsetof(AwsProfile, sso_account_id)},
    {"sso_role_name", offsetof(AwsProfile, sso_role_name)},
    {"login_session", offsetof(AwsProfile, login_session)},
};

/* In a config file, a section has a kind before its name, except "default". */
static bool is_section_of(Str line, Str kind, Str name) {
    size_t end = str_find_char(line, ']', 0);
    Str title = str_trim(str_slice(line, 1, end == SIZE_MAX ? line.len : end));
    bool is_default = str_equal(title, STR("default")) && !str_equal(kind, STR("sso-session"));
    if (kind.len && !is_default) {
        size_t blank = 0;
        while (blank < title.len && title.ptr[blank] != ' ' && title.ptr[blank] != '\t')
            blank++;
        if (!str_equal(str_slice(title, 0, blank), kind))
            return false;
        title = str_trim(str_after(title, blank));
    }
    return str_equal(title, name);
}

static void profile_read_line(Str line, AwsProfile *profile) {
    size_t equals = str_find_char(line, '=', 0);
    if (equals == SIZE_MAX)
        return;
    Str key = str_trim(str_slice(line, 0, equals));
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
        Str *field = (Str *)(void *)((char *)profile + settings[i].offset);
        if (str_equal_cstr(key, settings[i].name) && field->len == 0)
            *field = str_trim(str_after(line, equals + 1));
    }
}

/* Adds the settings of one text; those of earlier texts win. Returns whether it has the section. */
static bool parse_section(Str text, Str kind, Str name, AwsProfile *profile) {
    bool is_inside = false;
    bool was_found = false;
    Str line;
    while (str_next_field(&text, '\n', &line)) {
        bool is_indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        Str content = str_trim(line);
        if (content.len == 0 || content.ptr[0] == '#' || content.ptr[0] == ';')
            continue;
        if (content.ptr[0] == '[') {
            is_inside = is_section_of(content, kind, name);
            was_found = was_found || is_inside;
        } else if (is_inside && !is_indented) {
            profile_read_line(content, profile);
        }
    }
    return was_found;
}

static bool parse_sections(const StrVec *texts, Str kind, Str name, AwsProfile *profile) {
    bool was_found = false;
    vec_each(texts, text) {
        was_found = parse_section(*text, kind, name, profile) || was_found;
    }
    return was_found;
}

bool aws_profile_find(const AwsFiles *files, Str name, AwsProfile *out) {
    *out = (AwsProfile){0};
    bool first = parse_sections(&files->credentials, STR_EMPTY, name, out);
    bool second = parse_sections(&files->config, STR("profile"), name, out);
    return first || second;
}

bool aws_profile_find_session(const AwsFiles *files, Str name, AwsProfile *out) {
    *out = (AwsProfile){0};
    return parse_sections(&files->config, STR("sso-session"), name, out);
}

Str aws_profile_expand(const Io *io, Str path, Arena *arena) {
    Str home = process_variable(io->process, "HOME");
    if (!str_starts_with(path, STR("~/")) || home.len == 0)
        return path;
    return disk_join(home, str_after(path, 2), arena);
}

static void read_texts(const Io *io, const StrVec *paths, StrVec *out, Arena *arena) {
    vec_each(paths, path) {
        Str text;
        Str whole = aws_profile_expand(io, *path, arena);
        if (io->disk->read_file(io->disk->self, whole, &text, arena) == 0)
            vec_push(arena, out, text);
    }
}

static StrVec paths_of(const StrVec *given, Str usual, Arena *arena) {
    StrVec paths = {0};
    if (given->count > 0)
        return *given;
    vec_push(arena, &paths, usual);
    return paths;
}

/* Returns the value of the first variable that is set, else `usual`. */
static Str first_variable(const Io *io, const char *const names[2], Str usual) {
    for (size_t i = 0; i < 2 && names[i]; i++) {
        Str value = process_variable(io->process, names[i]);
        if (value.len)
            return value;
    }
    return usual;
}

AwsFiles aws_profile_read_files(const Io *io, const AwsOptions *options, Arena *arena) {
    AwsFiles files = {0};
    /* OpenTofu reads AWS_SHARED_CONFIG_FILE; the tools of AWS read AWS_CONFIG_FILE. */
    static const char *const of_keys[] = {"AWS_SHARED_CREDENTIALS_FILE", NULL};
    static const char *const of_settings[] = {"AWS_SHARED_CONFIG_FILE", "AWS_CONFIG_FILE"};
    StrVec credentials = paths_of(&options->credentials_files,
                                  first_variable(io, of_keys, STR("~/.aws/credentials")), arena);
    StrVec config = paths_of(&options->config_files,
                             first_variable(io, of_settings, STR("~/.aws/config")), arena);
    read_texts(io, &credentials, &files.credentials, arena);
    read_texts(io, &config, &files.config, arena);
    return files;
}

Str aws_profile_name(const Io *io, const AwsOptions *options) {
    Str name =
        options->profile.len ? options->profile : process_variable(io->process, "AWS_PROFILE");
    return name.len ? name : STR("default");
}
