/* s3_settings: credentials, endpoint and encryption of the s3 backend. */
#include "s3_settings.h"
#include "backend_settings.h"
#include "base64.h"
#include "digest.h"
#include "url.h"

#include <errno.h>

#define DEFAULT_RETRIES 5
#define SSE_KEY_SIZE    32

static Str s3_settings_text_of(Value config, const char *name) {
    return backend_settings_text(config, name, "");
}

static bool settings_reject(Diags *diags, const char *summary, Str why) {
    return diags_fail(diags, NO_RANGE, summary, "%.*s", STR_ARG(why));
}

/* Expands "~/x" to the home directory. */
static Str s3_settings_expand_home(const Io *io, Str path, Arena *arena) {
    Str home = process_variable(io->process, "HOME");
    if (!str_starts_with(path, STR("~/")) || home.len == 0)
        return path;
    return disk_join(home, str_after(path, 2), arena);
}

/* Where the files of a kind are named. */
typedef struct FileNames {
    const char *list;
    const char *single;
    const char *variable;
    const char *usual;
} FileNames;

/* Adds the files that the block names, else the variable's file, else the default one. */
static void settings_file_names(const Io *io, Value config, const FileNames *names, StrVec *out,
                                Arena *arena) {
    Value given;
    if (value_find_present(config, str_from_cstr(names->list), &given)) {
        for (size_t i = 0; i < given.count; i++) {
            if (value_is_present(value_at(given, i)))
                vec_push(arena, out,
                         s3_settings_expand_home(io, value_text(value_at(given, i)), arena));
        }
        return;
    }
    Str path = s3_settings_text_of(config, names->single);
    path = path.len ? path : process_variable(io->process, names->variable);
    path = path.len ? path : str_from_cstr(names->usual);
    vec_push(arena, out, s3_settings_expand_home(io, path, arena));
}

typedef struct AwsProfile {
    Str access_key;
    Str secret_key;
    Str token;
    Str region;
    Str credential_process; /* this and the following: credentials that loam does not support; kept
                               for messages */
    Str role_arn;
    Str sso_session;
} AwsProfile;

typedef struct Setting {
    const char *name;
    size_t offset;
} Setting;

static const Setting profile_settings[] = {
    {"aws_access_key_id", offsetof(AwsProfile, access_key)},
    {"aws_secret_access_key", offsetof(AwsProfile, secret_key)},
    {"aws_session_token", offsetof(AwsProfile, token)},
    {"region", offsetof(AwsProfile, region)},
    {"credential_process", offsetof(AwsProfile, credential_process)},
    {"role_arn", offsetof(AwsProfile, role_arn)},
    {"sso_session", offsetof(AwsProfile, sso_session)},
    {"sso_start_url", offsetof(AwsProfile, sso_session)},
};

static bool is_section_of(Str line, Str name, bool is_credentials) {
    size_t end = str_find_char(line, ']', 0);
    Str title = str_trim(str_slice(line, 1, end == SIZE_MAX ? line.len : end));
    if (!is_credentials && !str_equal(title, STR("default"))) {
        if (!str_starts_with(title, STR("profile ")))
            return false;
        title = str_trim(str_after(title, strlen("profile ")));
    }
    return str_equal(title, name);
}

static void settings_read_line(Str line, AwsProfile *profile) {
    size_t equals = str_find_char(line, '=', 0);
    if (equals == SIZE_MAX)
        return;
    Str key = str_trim(str_slice(line, 0, equals));
    for (size_t i = 0; i < ARRAY_COUNT(profile_settings); i++) {
        Str *field = (Str *)(void *)((char *)profile + profile_settings[i].offset);
        if (str_equal_cstr(key, profile_settings[i].name) && field->len == 0)
            *field = str_trim(str_after(line, equals + 1));
    }
}

/* Adds the settings of the profile `name` in a file of ~/.aws; those of earlier texts win. In the
 * credentials file a section is named after its profile, in the config file it is named "profile
 * NAME". Returns whether the section exists. */
static bool parse_profile(Str text, Str name, bool is_credentials, AwsProfile *profile) {
    bool is_inside = false;
    bool was_found = false;
    Str line;
    while (str_next_field(&text, '\n', &line)) {
        bool is_indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        Str content = str_trim(line);
        if (content.len == 0 || content.ptr[0] == '#' || content.ptr[0] == ';')
            continue;
        if (content.ptr[0] == '[') {
            is_inside = is_section_of(content, name, is_credentials);
            was_found = was_found || is_inside;
        } else if (is_inside && !is_indented) {
            settings_read_line(content, profile);
        }
    }
    return was_found;
}

static bool read_profile_files(const Io *io, const StrVec *paths, Str name, bool is_credentials,
                               AwsProfile *profile, Arena *arena) {
    bool found = false;
    vec_each(paths, path) {
        Str text;
        if (io->disk->read_file(io->disk->self, *path, &text, arena) == 0)
            found = parse_profile(text, name, is_credentials, profile) || found;
    }
    return found;
}

typedef struct Profile {
    AwsProfile content;
    Str name;
    bool is_chosen; /* named by the block */
    bool is_found;
} Profile;

static Profile read_profile(const Io *io, Value config, Arena *arena) {
    static const FileNames credentials_names = {
        "shared_credentials_files", "shared_credentials_file", "AWS_SHARED_CREDENTIALS_FILE",
        "~/.aws/credentials"};
    static const FileNames settings_names = {"shared_config_files", "", "AWS_CONFIG_FILE",
                                             "~/.aws/config"};
    StrVec credentials = {0};
    StrVec settings = {0};
    Profile profile = {0};
    Str chosen = s3_settings_text_of(config, "profile");
    profile.is_chosen = chosen.len > 0;
    profile.name = chosen.len ? chosen : process_variable(io->process, "AWS_PROFILE");
    profile.name = profile.name.len ? profile.name : STR("default");
    settings_file_names(io, config, &credentials_names, &credentials, arena);
    settings_file_names(io, config, &settings_names, &settings, arena);
    bool first = read_profile_files(io, &credentials, profile.name, true, &profile.content, arena);
    bool second = read_profile_files(io, &settings, profile.name, false, &profile.content, arena);
    profile.is_found = first || second;
    return profile;
}

static bool report_no_keys(const Profile *profile, Arena *arena, Diags *diags) {
    const AwsProfile *content = &profile->content;
    Str name = profile->name;
    Str why = STR("No access key was found. Set access_key and secret_key, AWS_ACCESS_KEY_ID and "
                  "AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials.");
    if (profile->is_chosen && !profile->is_found)
        why = str_format(arena, "The credentials files have no profile \"%.*s\".", STR_ARG(name));
    else if (content->role_arn.len || content->sso_session.len || content->credential_process.len)
        why = str_format(
            arena,
            "The profile \"%.*s\" uses a role, single sign-on or a program to get its keys, which "
            "loam does not support. Get keys with \"aws configure export-credentials\", and set "
            "them as AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
            STR_ARG(name));
    return settings_reject(diags, "No valid credential sources found", why);
}

/* Sources in order: the block, a profile that the block names, the environment, the default
 * profile. */
static bool settings_read_identity(const Io *io, Value config, AwsIdentity *out, Arena *arena,
                                   Diags *diags) {
    Profile profile = read_profile(io, config, arena);
    const AwsProfile *content = &profile.content;
    AwsIdentity identity = {
        .access_key = s3_settings_text_of(config, "access_key"),
        .secret_key = s3_settings_text_of(config, "secret_key"),
        .token = s3_settings_text_of(config, "token"),
    };
    if (identity.access_key.len == 0 && !profile.is_chosen) {
        identity.access_key = process_variable(io->process, "AWS_ACCESS_KEY_ID");
        identity.secret_key = process_variable(io->process, "AWS_SECRET_ACCESS_KEY");
        identity.token = process_variable(io->process, "AWS_SESSION_TOKEN");
    }
    if (identity.access_key.len == 0 || identity.secret_key.len == 0) {
        identity.access_key = content->access_key;
        identity.secret_key = content->secret_key;
        identity.token = content->token;
    }
    if (identity.access_key.len == 0 || identity.secret_key.len == 0)
        return report_no_keys(&profile, arena, diags);
    identity.service = STR("s3");
    identity.region = s3_settings_text_of(config, "region");
    identity.region = identity.region.len ? identity.region : content->region;
    *out = identity;
    return identity.region.len ||
           settings_reject(diags, "Missing region value",
                           STR("Set the \"region\" of the bucket in the block or as AWS_REGION."));
}

/* Returns whether the bucket can be part of the host name. It must be one valid label, since
 * wildcard certificates match only one. */
static bool fits_host_name(Str bucket) {
    for (size_t i = 0; i < bucket.len; i++) {
        char c = bucket.ptr[i];
        if (!(islower((unsigned char)c) || isdigit((unsigned char)c) || c == '-'))
            return false;
    }
    return bucket.len >= 3 && bucket.len <= 63;
}

static bool settings_is_address(const Url *url) {
    Str host = url_host_name(url);
    bool digits = host.len > 0;
    for (size_t i = 0; i < host.len; i++)
        digits = digits && (isdigit((unsigned char)host.ptr[i]) || host.ptr[i] == '.');
    return digits || str_starts_with(url->host, STR("["));
}

static Str default_endpoint(Value config, Str region, Arena *arena) {
    bool is_fips = backend_settings_bool(config, "use_fips_endpoint", false);
    bool is_dual = backend_settings_bool(config, "use_dualstack_endpoint", false);
    const char *end = str_starts_with(region, STR("cn-")) ? ".cn" : "";
    return str_format(arena, "https://s3%s%s.%.*s.amazonaws.com%s", is_fips ? "-fips" : "",
                      is_dual ? ".dualstack" : "", STR_ARG(region), end);
}

static bool read_endpoint(Value config, S3Settings *out, Arena *arena, Diags *diags) {
    Value endpoints;
    Str given = STR_EMPTY;
    Url url;
    if (value_find_present(config, STR("endpoints"), &endpoints))
        given = s3_settings_text_of(endpoints, "s3");
    if (given.len == 0)
        given = s3_settings_text_of(config, "endpoint");
    if (given.len == 0)
        given = default_endpoint(config, out->identity.region, arena);
    if (str_find(given, STR("://"), 0) == SIZE_MAX)
        given = str_concat(STR("https://"), given, arena);
    while (str_ends_with(given, STR("/")))
        given = str_slice(given, 0, given.len - 1);
    if (!url_parse(given, &url) || url.host.len == 0 || url.query.len || url.fragment.len)
        return settings_reject(diags, "Invalid backend configuration",
                               STR("\"endpoints.s3\" must be the address of a store, such as "
                                   "\"https://s3.example.com\"."));
    if (settings_is_address(&url))
        out->path_style = true;
    out->endpoint = given;
    return true;
}

static bool settings_read_place(Value config, S3Settings *out, Arena *arena, Diags *diags) {
    Value style;
    out->bucket = s3_settings_text_of(config, "bucket");
    out->path_style = !fits_host_name(out->bucket);
    if (value_find_present(config, STR("use_path_style"), &style) ||
        value_find_present(config, STR("force_path_style"), &style))
        out->path_style = out->path_style || value_is_true(style);
    return read_endpoint(config, out, arena, diags);
}

static bool add_own_key(Str text, S3Settings *out, Arena *arena, Diags *diags) {
    static const char algorithm[] = "x-amz-server-side-encryption-customer-algorithm";
    Str key;
    if (!base64_decode(text, &key, arena) || key.len != SSE_KEY_SIZE)
        return settings_reject(
            diags, "Invalid sse_customer_key value",
            STR("\"sse_customer_key\" must be a key of 32 bytes, encoded in base64."));
    Str sum = base64_encode(digest_bytes(DIGEST_MD5, key, arena), arena);
    HttpHeaders *both[] = {&out->put_headers, &out->get_headers};
    for (size_t i = 0; i < ARRAY_COUNT(both); i++) {
        http_add_header(both[i], algorithm, STR("AES256"), arena);
        http_add_header(both[i], "x-amz-server-side-encryption-customer-key", text, arena);
        http_add_header(both[i], "x-amz-server-side-encryption-customer-key-md5", sum, arena);
    }
    return true;
}

static bool settings_read_encryption(Value config, S3Settings *out, Arena *arena, Diags *diags) {
    Str acl = s3_settings_text_of(config, "acl");
    Str kms = s3_settings_text_of(config, "kms_key_id");
    Str own = s3_settings_text_of(config, "sse_customer_key");
    if (acl.len)
        http_add_header(&out->put_headers, "x-amz-acl", acl, arena);
    if (kms.len && own.len)
        return settings_reject(
            diags, "Invalid encryption configuration",
            STR("\"kms_key_id\" and \"sse_customer_key\" cannot be combined. The first "
                "is a key of the store, the second is your own key."));
    if (!backend_settings_bool(config, "encrypt", false))
        return true;
    if (own.len)
        return add_own_key(own, out, arena, diags);
    http_add_header(&out->put_headers, "x-amz-server-side-encryption",
                    kms.len ? STR("aws:kms") : STR("AES256"), arena);
    if (kms.len)
        http_add_header(&out->put_headers, "x-amz-server-side-encryption-aws-kms-key-id", kms,
                        arena);
    return true;
}

static void read_proxy(const Io *io, Value config, S3Settings *out) {
    bool is_open = str_starts_with(out->endpoint, STR("http://"));
    out->proxy = s3_settings_text_of(config, is_open ? "http_proxy" : "https_proxy");
    out->no_proxy = s3_settings_text_of(config, "no_proxy");
    if (out->no_proxy.len == 0)
        out->no_proxy = process_variable(io->process, "NO_PROXY");
    if (out->no_proxy.len == 0)
        out->no_proxy = process_variable(io->process, "no_proxy");
}

static bool settings_read_connection(const Io *io, Value config, S3Settings *out, Arena *arena,
                                     Diags *diags) {
    int64_t retries = backend_settings_int(config, "max_retries", DEFAULT_RETRIES);
    Str bundle = s3_settings_text_of(config, "custom_ca_bundle");
    if (retries < 0 || retries > 1000)
        return settings_reject(diags, "Invalid backend configuration",
                               STR("\"max_retries\" must be an integer from 0 to 1000."));
    out->retries = (uint32_t)retries;
    out->skip_verify = backend_settings_bool(config, "insecure", false);
    out->skip_checksum = backend_settings_bool(config, "skip_s3_checksum", false);
    read_proxy(io, config, out);
    if (bundle.len == 0)
        return true;
    int error = io->disk->read_file(io->disk->self, s3_settings_expand_home(io, bundle, arena),
                                    &out->ca_certs, arena);
    return error == 0 ||
           settings_reject(diags, "Invalid backend configuration",
                           str_format(arena,
                                      "The file \"%.*s\" (custom_ca_bundle) cannot be read: %s.",
                                      STR_ARG(bundle), strerror(-error)));
}

bool s3_settings_read(const Io *io, Value config, S3Settings *out, Arena *arena, Diags *diags) {
    S3Settings settings = {0};
    if (!settings_read_identity(io, config, &settings.identity, arena, diags) ||
        !settings_read_place(config, &settings, arena, diags) ||
        !settings_read_encryption(config, &settings, arena, diags) ||
        !settings_read_connection(io, config, &settings, arena, diags))
        return false;
    *out = settings;
    return true;
}

static Str check_not_empty(Value value, Arena *) {
    return value_text(value).len ? STR_EMPTY : STR("The value must not be empty.");
}

static Str s3_settings_check_key(Value value, Arena *) {
    Str text = value_text(value);
    bool is_bad = text.len == 0 || str_starts_with(text, STR("/")) || str_ends_with(text, STR("/"));
    return is_bad ? STR("The value must not be empty, nor begin or end with \"/\".") : STR_EMPTY;
}

static const Attribute endpoint_attributes[] = {
    {"s3", &TYPE_STRING, OPTIONAL, "Address of the store (default: that of the region)."},
};

/* clang-format off */
const Attribute s3_settings_attributes[] = {
    {"bucket", &TYPE_STRING, REQUIRED, "Name of the bucket.", .check = check_not_empty},
    {"key", &TYPE_STRING, REQUIRED, "Name of the state's object.", .check = s3_settings_check_key},
    {"region", &TYPE_STRING, OPTIONAL, "Region of the bucket (default: that of the profile)."},
    {"endpoints", NULL, OPTIONAL,
     "Addresses of services.", NESTED(NEST_SINGLE, endpoint_attributes)},
    {"endpoint", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former name of endpoints.s3."},
    {"use_path_style", &TYPE_BOOL, OPTIONAL,
     "Whether the bucket is in the path of the address instead of the host name."},
    {"force_path_style", &TYPE_BOOL, OPTIONAL | DEPRECATED, "Former name of use_path_style."},
    {"workspace_key_prefix", &TYPE_STRING, OPTIONAL,
     "Prefix of the names of other workspaces' states (default \"env:\").",
     .check = s3_settings_check_key},
    {"use_lockfile", &TYPE_BOOL, OPTIONAL,
     "Whether to lock with an object KEY.tflock, which requires conditional writes. Otherwise, states are not locked."},
    {"lease_seconds", &TYPE_NUMBER, OPTIONAL,
     "With use_lockfile: seconds until the lock expires if its holder does not renew it, from 3 to 3600 (default 0: "
     "the lock does not expire)."},
    {"access_key", &TYPE_STRING, OPTIONAL, "Access key (default: $AWS_ACCESS_KEY_ID, then the profile's)."},
    {"secret_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Secret key (default: $AWS_SECRET_ACCESS_KEY, then the profile's)."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Session token (default: $AWS_SESSION_TOKEN, then the profile's)."},
    {"profile", &TYPE_STRING, OPTIONAL,
     "Profile in the credentials files (default: $AWS_PROFILE, then \"default\")."},
    {"shared_credentials_files", &TYPE_SET_OF_STRING, OPTIONAL,
     "Credentials files (default: $AWS_SHARED_CREDENTIALS_FILE, then \"~/.aws/credentials\")."},
    {"shared_credentials_file", &TYPE_STRING, OPTIONAL | DEPRECATED,
     "Former form of shared_credentials_files."},
    {"shared_config_files", &TYPE_SET_OF_STRING, OPTIONAL,
     "Settings files (default: $AWS_CONFIG_FILE, then \"~/.aws/config\")."},
    {"encrypt", &TYPE_BOOL, OPTIONAL, "Whether the store encrypts its objects."},
    {"kms_key_id", &TYPE_STRING, OPTIONAL, "With encrypt: ID of a key in the store's key service."},
    {"sse_customer_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "With encrypt: your own key, 32 bytes in base64."},
    {"acl", &TYPE_STRING, OPTIONAL, "Canned access control list of new objects."},
    {"max_retries", &TYPE_NUMBER, OPTIONAL,
     "Maximum number of retries of a request (default 5)."},
    {"custom_ca_bundle", &TYPE_STRING, OPTIONAL,
     "File with the certificates of the store's certificate authorities."},
    {"http_proxy", &TYPE_STRING, OPTIONAL,
     "Proxy for http endpoints (default: $http_proxy)."},
    {"https_proxy", &TYPE_STRING, OPTIONAL, "Proxy for https endpoints (default: $https_proxy)."},
    {"no_proxy", &TYPE_STRING, OPTIONAL,
     "Hosts without proxy, separated by commas (default: $NO_PROXY)."},
    {"retry_mode", &TYPE_STRING, OPTIONAL,
     "Accepted for compatibility; loam always waits longer before each retry.", .one_of = "standard adaptive"},
    {"insecure", &TYPE_BOOL, OPTIONAL, "Whether to skip the verification of the store's certificate."},
    {"use_fips_endpoint", &TYPE_BOOL, OPTIONAL, "Whether to use the region's FIPS address."},
    {"use_dualstack_endpoint", &TYPE_BOOL, OPTIONAL, "Whether to use the region's IPv6 address."},
    {"skip_credentials_validation", &TYPE_BOOL, OPTIONAL,
     "Accepted for compatibility; loam validates no credentials."},
    {"skip_region_validation", &TYPE_BOOL, OPTIONAL, "Accepted for compatibility; loam accepts any region name."},
    {"skip_requesting_account_id", &TYPE_BOOL, OPTIONAL, "Accepted for compatibility; loam never requests it."},
    {"skip_metadata_api_check", &TYPE_BOOL, OPTIONAL, "Accepted for compatibility; loam never uses that service."},
    {"skip_s3_checksum", &TYPE_BOOL, OPTIONAL,
     "Whether to omit checksums of uploads, for stores without support for them."},
};
/* clang-format on */
static_assert(ARRAY_COUNT(s3_settings_attributes) == S3_SETTINGS_COUNT, "the table is whole");

const BackendVariable s3_settings_variables[] = {
    {"region", "AWS_REGION"},
    {"region", "AWS_DEFAULT_REGION"},
    {"endpoint", "AWS_ENDPOINT_URL_S3"},
    {"endpoint", "AWS_S3_ENDPOINT"},
    {"endpoint", "AWS_ENDPOINT_URL"},
    {"sse_customer_key", "AWS_SSE_CUSTOMER_KEY"},
    {"custom_ca_bundle", "AWS_CA_BUNDLE"},
    {"use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT"},
    {"use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT"},
};
static_assert(ARRAY_COUNT(s3_settings_variables) == S3_SETTINGS_VARIABLES, "the table is whole");
