/* Arguments of a block, as AwsOptions. */
#include "aws_settings.h"
#include "aws_profile.h"
#include "convert.h"

#include <errno.h>

static const Attribute role_rows[] = {
    {"role_arn", &TYPE_STRING, REQUIRED, "Name of the role."},
    {"session_name", &TYPE_STRING, OPTIONAL, "Name of the session, for the logs of the account."},
    {"external_id", &TYPE_STRING, OPTIONAL, "ID that the role's owner demands."},
    {"duration", &TYPE_STRING, OPTIONAL, "Term of the credentials."},
    {"policy", &TYPE_STRING, OPTIONAL, "Policy, in JSON, that restricts the session."},
    {"policy_arns", &TYPE_SET_OF_STRING, OPTIONAL, "Policies that restrict the session."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags of the session."},
    {"transitive_tag_keys", &TYPE_SET_OF_STRING, OPTIONAL, "Tags that later roles keep."},
    {"source_identity", &TYPE_STRING, OPTIONAL, "Identity that the session records."},
};
static const Schema role_schema = {SCHEMA_ATTRIBUTES(role_rows)};

const Attribute aws_settings_web_identity[] = {
    {"role_arn", &TYPE_STRING, OPTIONAL, "Name of the role (default: $AWS_ROLE_ARN)."},
    {"web_identity_token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Token (default: $AWS_WEB_IDENTITY_TOKEN)."},
    {"web_identity_token_file", &TYPE_STRING, OPTIONAL,
     "File with the token, which each renewal reads again (default: "
     "$AWS_WEB_IDENTITY_TOKEN_FILE)."},
    {"session_name", &TYPE_STRING, OPTIONAL,
     "Name of the session (default: $AWS_ROLE_SESSION_NAME)."},
    {"policy", &TYPE_STRING, OPTIONAL, "Policy, in JSON, that restricts the session."},
    {"policy_arns", &TYPE_SET_OF_STRING, OPTIONAL, "Policies that restrict the session."},
    {"duration", &TYPE_STRING, OPTIONAL, "Term of the credentials, such as \"1h\"."},
};

static bool reject(Diags *diags, Str why) {
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration", "%.*s", STR_ARG(why));
}

static Str text_of(Value config, const char *name) {
    return value_text_at(config, str_from_cstr(name));
}

bool aws_settings_flag(Value config, const char *name) {
    Value value;
    return value_find_present(config, str_from_cstr(name), &value) && value_is_true(value);
}

static StrVec texts_of(Value config, const char *name, Arena *arena) {
    StrVec texts = {0};
    Value value;
    if (!value_find_present(config, str_from_cstr(name), &value))
        return texts;
    for (size_t i = 0; i < value.count; i++) {
        if (value_is_present(value_at(value, i)))
            vec_push(arena, &texts, value_text(value_at(value, i)));
    }
    return texts;
}

static AwsTags tags_of(Value config, const char *name, Arena *arena) {
    AwsTags tags = {0};
    Value value;
    if (!value_find_present(config, str_from_cstr(name), &value))
        return tags;
    for (size_t i = 0; i < value.count; i++) {
        AwsTag tag = {value_key_at(value, i), value_text(value_at(value, i))};
        vec_push(arena, &tags, tag);
    }
    return tags;
}

static bool read_duration(Value config, int64_t *out_s) {
    Str text = text_of(config, "duration");
    int64_t ms = 0;
    *out_s = 0;
    if (text.len && (!clock_parse_duration(text, &ms) || ms < 1000))
        return false;
    *out_s = ms / 1000;
    return true;
}

/* Converts one object to the type of a role. Returns the error as a sentence, or the empty text. */
static Str convert_role(Value given, Value *out, Arena *arena) {
    size_t count = ARRAY_COUNT(role_rows);
    Str *names = arena_new_array(arena, Str, count);
    Value *items = arena_new_array(arena, Value, count);
    int64_t ignored;
    if (!value_is_present(given) || given.type->kind != KIND_OBJECT)
        return STR("The value must be an object with \"role_arn\", or a list of such objects.");
    for (size_t i = 0; i < given.count; i++) {
        if (!schema_find_attribute(&role_schema, value_key_at(given, i)))
            return str_format(arena, "A role has no argument \"%.*s\".",
                              STR_ARG(value_key_at(given, i)));
    }
    for (size_t i = 0; i < count; i++) {
        ConvertError error = {0};
        Value member = value_null(role_rows[i].type);
        names[i] = str_from_cstr(role_rows[i].name);
        items[i] = member;
        if (value_find_present(given, names[i], &member) &&
            !convert_value(member, role_rows[i].type, &items[i], &error, arena))
            return str_format(arena, "The argument \"%s\" of a role has the wrong type: %.*s.",
                              role_rows[i].name, STR_ARG(error.message));
    }
    *out = value_object(names, items, count, arena);
    if (text_of(*out, "role_arn").len == 0)
        return STR("A role requires the argument \"role_arn\".");
    return read_duration(*out, &ignored)
               ? STR_EMPTY
               : STR("\"duration\" of a role must be a time of at least a second, such as \"1h\".");
}

static AwsRole settings_read_role(Value config, Arena *arena) {
    AwsRole role = {
        .arn = text_of(config, "role_arn"),
        .session_name = text_of(config, "session_name"),
        .external_id = text_of(config, "external_id"),
        .source_identity = text_of(config, "source_identity"),
        .policy = text_of(config, "policy"),
        .policy_arns = texts_of(config, "policy_arns", arena),
        .tags = tags_of(config, "tags", arena),
        .transitive_tag_keys = texts_of(config, "transitive_tag_keys", arena),
    };
    (void)read_duration(config, &role.duration_s);
    return role;
}

/* Adds the roles unless `out` is NULL. Returns the first error. */
static Str read_roles(Value value, AwsRoles *out, Arena *arena) {
    bool is_list = value.type->kind == KIND_TUPLE || value.type->kind == KIND_LIST;
    size_t count = is_list ? value.count : 1;
    for (size_t i = 0; i < count; i++) {
        Value role;
        Str error = convert_role(is_list ? value_at(value, i) : value, &role, arena);
        if (error.len)
            return error;
        if (out)
            vec_push(arena, out, settings_read_role(role, arena));
    }
    return STR_EMPTY;
}

Str aws_settings_check_roles(Value value, Arena *arena) {
    return read_roles(value, NULL, arena);
}

static bool read_former_role(Value config, AwsOptions *out, Arena *arena, Diags *diags) {
    Value seconds;
    AwsRole role = {
        .arn = text_of(config, "role_arn"),
        .session_name = text_of(config, "session_name"),
        .external_id = text_of(config, "external_id"),
        .policy = text_of(config, "assume_role_policy"),
        .policy_arns = texts_of(config, "assume_role_policy_arns", arena),
        .tags = tags_of(config, "assume_role_tags", arena),
        .transitive_tag_keys = texts_of(config, "assume_role_transitive_tag_keys", arena),
    };
    if (role.arn.len == 0)
        return true;
    if (out->roles.count > 0)
        return reject(diags, STR("\"role_arn\" and \"assume_role\" cannot be combined. Use "
                                 "\"assume_role\" alone."));
    if (value_find_present(config, STR("assume_role_duration_seconds"), &seconds) &&
        !value_to_int(seconds, &role.duration_s))
        return reject(diags, STR("\"assume_role_duration_seconds\" must be an integer."));
    vec_push(arena, &out->roles, role);
    return true;
}

static bool read_web_identity(const Io *io, Value config, AwsOptions *out, Arena *arena,
                              Diags *diags) {
    Value given;
    if (!value_find_present(config, STR("assume_role_with_web_identity"), &given))
        return true;
    AwsRole role = settings_read_role(given, arena);
    role.web_token = text_of(given, "web_identity_token");
    role.web_token_file = text_of(given, "web_identity_token_file");
    if (role.arn.len == 0)
        role.arn = process_variable(io->process, "AWS_ROLE_ARN");
    if (role.session_name.len == 0)
        role.session_name = process_variable(io->process, "AWS_ROLE_SESSION_NAME");
    if (role.web_token.len && role.web_token_file.len)
        return reject(diags, STR("\"web_identity_token\" and \"web_identity_token_file\" cannot be "
                                 "combined."));
    if (role.web_token.len + role.web_token_file.len == 0)
        role.web_token = process_variable(io->process, "AWS_WEB_IDENTITY_TOKEN");
    if (role.web_token.len + role.web_token_file.len == 0)
        role.web_token_file = process_variable(io->process, "AWS_WEB_IDENTITY_TOKEN_FILE");
    if (role.arn.len == 0 || role.web_token.len + role.web_token_file.len == 0)
        return reject(diags, STR("\"assume_role_with_web_identity\" requires \"role_arn\", and "
                                 "\"web_identity_token\" or \"web_identity_token_file\"."));
    if (!read_duration(given, &role.duration_s))
        return reject(diags, STR("\"assume_role_with_web_identity.duration\" must be a time of at "
                                 "least a second, such as \"1h\"."));
    out->web_identity = role;
    return true;
}

static bool read_all_roles(const Io *io, Value config, AwsOptions *out, Arena *arena,
                           Diags *diags) {
    Value roles;
    if (value_find_present(config, STR("assume_role"), &roles)) {
        Str error = read_roles(roles, &out->roles, arena);
        if (error.len)
            return reject(diags, error);
    }
    return read_former_role(config, out, arena, diags) &&
           read_web_identity(io, config, out, arena, diags);
}

Str aws_settings_endpoint(Value config, const char *name, const char *former, Arena *arena) {
    Value endpoints;
    Str given = STR_EMPTY;
    if (value_find_present(config, STR("endpoints"), &endpoints))
        given = text_of(endpoints, name);
    if (given.len == 0)
        given = text_of(config, former);
    if (given.len && str_find(given, STR("://"), 0) == SIZE_MAX)
        given = str_concat(STR("https://"), given, arena);
    while (str_ends_with(given, STR("/")))
        given = str_slice(given, 0, given.len - 1);
    return given;
}

static void read_sources(Value config, AwsOptions *out, Arena *arena) {
    Str former = text_of(config, "shared_credentials_file");
    out->access_key = text_of(config, "access_key");
    out->secret_key = text_of(config, "secret_key");
    out->token = text_of(config, "token");
    out->profile = text_of(config, "profile");
    out->credentials_files = texts_of(config, "shared_credentials_files", arena);
    if (out->credentials_files.count == 0 && former.len)
        vec_push(arena, &out->credentials_files, former);
    out->config_files = texts_of(config, "shared_config_files", arena);
    out->region = text_of(config, "region");
    out->metadata_endpoint = text_of(config, "ec2_metadata_service_endpoint");
    out->metadata_by_ipv6 =
        str_equal(text_of(config, "ec2_metadata_service_endpoint_mode"), STR("IPv6"));
    out->skip_metadata = aws_settings_flag(config, "skip_metadata_api_check");
}

static bool read_accounts(Value config, AwsOptions *out, Arena *arena, Diags *diags) {
    out->allowed_accounts = texts_of(config, "allowed_account_ids", arena);
    out->forbidden_accounts = texts_of(config, "forbidden_account_ids", arena);
    if (out->allowed_accounts.count && out->forbidden_accounts.count)
        return reject(diags, STR("\"allowed_account_ids\" and \"forbidden_account_ids\" cannot be "
                                 "combined."));
    if (out->allowed_accounts.count + out->forbidden_accounts.count > 0 &&
        aws_settings_flag(config, "skip_requesting_account_id"))
        return reject(diags, STR("\"skip_requesting_account_id\" cannot be combined with a list of "
                                 "accounts, which loam compares with that ID."));
    return true;
}

static Str no_proxy_of(const Io *io, Value config) {
    Str hosts = text_of(config, "no_proxy");
    if (hosts.len == 0)
        hosts = process_variable(io->process, "NO_PROXY");
    return hosts.len ? hosts : process_variable(io->process, "no_proxy");
}

static bool read_transport(const Io *io, Value config, AwsTransport *out, Arena *arena,
                           Diags *diags) {
    Value given;
    int64_t retries = AWS_SETTINGS_RETRIES;
    Str bundle = text_of(config, "custom_ca_bundle");
    if (value_find_present(config, STR("max_retries"), &given) &&
        (!value_to_int(given, &retries) || retries < 0 || retries > 1000))
        return reject(diags, STR("\"max_retries\" must be an integer from 0 to 1000."));
    *out = (AwsTransport){.skip_verify = aws_settings_flag(config, "insecure"),
                          .http_proxy = text_of(config, "http_proxy"),
                          .https_proxy = text_of(config, "https_proxy"),
                          .no_proxy = no_proxy_of(io, config),
                          .retries = (uint32_t)retries};
    if (bundle.len == 0)
        return true;
    int error = io->disk->read_file(io->disk->self, aws_profile_expand(io, bundle, arena),
                                    &out->ca_certs, arena);
    return error == 0 ||
           reject(diags,
                  str_format(arena, "The file \"%.*s\" (custom_ca_bundle) cannot be read: %s.",
                             STR_ARG(bundle), strerror(-error)));
}

bool aws_settings_read(const Io *io, Value config, AwsOptions *out, Arena *arena, Diags *diags) {
    AwsOptions options = {
        .sts_region = text_of(config, "sts_region"),
        .sts_endpoint = aws_settings_endpoint(config, "sts", "sts_endpoint", arena),
        .sso_endpoint = aws_settings_endpoint(config, "sso", "", arena),
        .fips_endpoints = aws_settings_flag(config, "use_fips_endpoint"),
        .dualstack_endpoints = aws_settings_flag(config, "use_dualstack_endpoint"),
    };
    read_sources(config, &options, arena);
    if (!read_all_roles(io, config, &options, arena, diags) ||
        !read_accounts(config, &options, arena, diags) ||
        !read_transport(io, config, &options.transport, arena, diags))
        return false;
    *out = options;
    return true;
}
