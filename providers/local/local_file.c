/* local_file: a file of given content on the machine on which loam runs. */
#include "local_content.h"
#include "local_place.h"
#include "local_provider.h"

/* clang-format off */
static const Attribute file_attributes[] = {
    {"filename",             &TYPE_STRING, REQUIRED | FORCES_NEW, "Path of the file; missing directories are created."},
    {"content",              &TYPE_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Content of the file, as text."},
    {"sensitive_content",    &TYPE_STRING, OPTIONAL | SENSITIVE | FORCES_NEW | DEPRECATED | ANY_TEXT, "Content that is never shown; prefer local_sensitive_file."},
    {"content_base64",       &TYPE_STRING, OPTIONAL | FORCES_NEW, "Content of the file, as base64."},
    {"source",               &TYPE_STRING, OPTIONAL | FORCES_NEW, "Path of a file to copy."},
    {"file_permission",      &TYPE_STRING, OPTIONAL | COMPUTED, "Permissions before the umask, in octal.", .default_json = "\"0777\"", .check = local_place_check_permission},
    {"directory_permission", &TYPE_STRING, OPTIONAL | COMPUTED, "Permissions of created directories before the umask, in octal.", .default_json = "\"0777\"", .check = local_place_check_permission},
    {"id",                   &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},
    LOCAL_DIGEST_ATTRIBUTES,
};
/* clang-format on */

static const ArgumentRule file_rules[] = {
    {RULE_EXACTLY_ONE, {"content", "sensitive_content", "content_base64", "source"}},
};

const ResourceType local_file = {
    .name = "local_file",
    .schema = {SCHEMA_ATTRIBUTES(file_attributes), SCHEMA_RULES(file_rules),
               .description = "A local file with the given content."},
    .plan = local_place_plan,
    .marker = local_place_marker,
    .create = local_place_create,
    .update = local_place_update,
    .delete = local_place_delete,
    .read = local_place_read,
    .recovery = RECOVERY_FINDS,
    .recover = local_place_recover,
};
