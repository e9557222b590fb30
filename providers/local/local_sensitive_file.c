/* local_sensitive_file: like local_file, but its content is sensitive and its default mode is
 * 0700. */
#include "local_content.h"
#include "local_place.h"
#include "local_provider.h"

/* clang-format off */
static const Attribute sensitive_file_attributes[] = {
    {"filename",             &TYPE_STRING, REQUIRED | FORCES_NEW, "Path of the file; missing directories are created."},
    {"content",              &TYPE_STRING, OPTIONAL | SENSITIVE | FORCES_NEW | ANY_TEXT, "Content of the file, as text."},
    {"content_base64",       &TYPE_STRING, OPTIONAL | SENSITIVE | FORCES_NEW, "Content of the file, as base64."},
    {"source",               &TYPE_STRING, OPTIONAL | FORCES_NEW, "Path of a file to copy."},
    {"file_permission",      &TYPE_STRING, OPTIONAL | COMPUTED, "Permissions before the umask, in octal.", .default_json = "\"0700\"", .check = local_place_check_permission},
    {"directory_permission", &TYPE_STRING, OPTIONAL | COMPUTED, "Permissions of created directories before the umask, in octal.", .default_json = "\"0700\"", .check = local_place_check_permission},
    {"id",                   &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},
    LOCAL_DIGEST_ATTRIBUTES,
};
/* clang-format on */

static const ArgumentRule sensitive_file_rules[] = {
    {RULE_EXACTLY_ONE, {"content", "content_base64", "source"}},
};

const ResourceType local_sensitive_file = {
    .name = "local_sensitive_file",
    .schema = {SCHEMA_ATTRIBUTES(sensitive_file_attributes), SCHEMA_RULES(sensitive_file_rules),
               .description = "A local file with the given content, which is never shown."},
    .plan = local_place_plan,
    .marker = local_place_marker,
    .create = local_place_create,
    .update = local_place_update,
    .delete = local_place_delete,
    .read = local_place_read,
    .recovery = RECOVERY_FINDS,
    .recover = local_place_recover,
};
