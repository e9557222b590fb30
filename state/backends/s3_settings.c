/* s3_settings: endpoint and encryption of the s3 backend. */
#include "s3_settings.h"
#include "aws_settings.h"
#include "backend_settings.h"
#include "base64.h"
#include "digest.h"
#include "s3_place.h"
#include "url.h"

#define SSE_KEY_SIZE 32

static Str s3_settings_text_of(Value config, const char *name) {
    return backend_settings_text(config, name, "");
}

static bool settings_reject(Diags *diags, const char *summary, Str why) {
    return diags_fail(diags, NO_RANGE, summary, "%.*s", STR_ARG(why));
}

Str s3_settings_table_endpoint(const Io *io, Value config, Str region, Arena *arena) {
    Str given = aws_settings_endpoint(config, "dynamodb", "dynamodb_endpoint", arena);
    if (given.len == 0)
        given = aws_transport_variable(io->process, "DYNAMODB", arena);
    return given.len
               ? given
               : aws_transport_endpoint(
                     "dynamodb", region, backend_settings_bool(config, "use_fips_endpoint", false),
                     backend_settings_bool(config, "use_dualstack_endpoint", false), arena);
}

static bool settings_read_place(Value config, S3Settings *out, Arena *arena, Diags *diags) {
    return s3_place_read(config, out, arena) ||
           settings_reject(diags, "Invalid backend configuration",
                           STR("\"endpoints.s3\" must be the address of a store, such as "
                               "\"https://s3.example.com\"."));
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

/* Returns "a=b&c=d", encoded. */
static Str read_tags(Value config, const char *name, Arena *arena) {
    Value tags;
    StrBuf text = strbuf_new(arena);
    if (!value_find_present(config, str_from_cstr(name), &tags))
        return STR_EMPTY;
    for (size_t i = 0; i < tags.count; i++) {
        Str key = url_encode(value_key_at(tags, i), false, arena);
        Str value = value_is_present(value_at(tags, i)) ? value_text(value_at(tags, i)) : STR_EMPTY;
        value = url_encode(value, false, arena);
        strbuf_add_format(&text, "%s%.*s=%.*s", i ? "&" : "", STR_ARG(key), STR_ARG(value));
    }
    return strbuf_str(&text);
}

bool s3_settings_read(const Io *io, Value config, S3Settings *out, Arena *arena, Diags *diags) {
    S3Settings settings = {0};
    AwsOptions options = {0};
    if (!aws_settings_read(io, config, &options, arena, diags))
        return false;
    settings.session = aws_session_open(io, &options, arena);
    settings.region = aws_session_region(settings.session);
    settings.retries = options.transport.retries;
    settings.state_tags = read_tags(config, "state_tags", arena);
    settings.lock_tags = read_tags(config, "lock_tags", arena);
    settings.skip_checksum = backend_settings_bool(config, "skip_s3_checksum", false);
    if ((settings.region.len == 0 &&
         !settings_reject(
             diags, "Missing region value",
             STR("Set the \"region\" of the bucket in the block or as AWS_REGION."))) ||
        !settings_read_place(config, &settings, arena, diags) ||
        !settings_read_encryption(config, &settings, arena, diags)) {
        aws_session_close(settings.session);
        return false;
    }
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
    {"dynamodb", &TYPE_STRING, OPTIONAL, "Address of DynamoDB."},
    {"sts", &TYPE_STRING, OPTIONAL, "Address of the security token service."},
    {"sso", &TYPE_STRING, OPTIONAL, "Address of the single sign-on portal."},
    {"iam", &TYPE_STRING, OPTIONAL, "Accepted for compatibility; loam does not use it."},
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
     "Whether to lock with an object KEY.tflock, which requires conditional writes. Without it and dynamodb_table, states are not locked."},
    {"dynamodb_table", &TYPE_STRING, OPTIONAL,
     "DynamoDB table, with the key LockID, to lock with and to store digests in."},
    {"lock_table", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former name of dynamodb_table."},
    {"dynamodb_endpoint", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former name of endpoints.dynamodb."},
    {"lease_seconds", &TYPE_NUMBER, OPTIONAL,
     "With use_lockfile: seconds until the lock expires if its holder does not renew it, from 3 to 3600 (default 0: "
     "the lock does not expire)."},
    AWS_SETTINGS_ROWS,
    AWS_SETTINGS_FORMER_ROWS,
    {"encrypt", &TYPE_BOOL, OPTIONAL, "Whether the store encrypts its objects."},
    {"kms_key_id", &TYPE_STRING, OPTIONAL, "With encrypt: ID of a key in the store's key service."},
    {"sse_customer_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "With encrypt: your own key, 32 bytes in base64."},
    {"state_tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags of the states' objects."},
    {"lock_tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags of the lock files."},
    {"acl", &TYPE_STRING, OPTIONAL, "Canned access control list of new objects."},
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
