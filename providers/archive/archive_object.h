/* archive_object: arguments and creation shared by the resource and the data source
 * archive_file. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* clang-format off */
/* Rows of an attribute table. `flags` is added to the arguments, except to
 * exclude_symlink_directories, `output` to the other attributes. */
#define ARCHIVE_ATTRIBUTES(flags, output)                                                          \
    {"type",                        &TYPE_STRING, REQUIRED | (flags), "\"zip\" or \"tar.gz\"."},   \
    {"output_path",                 &TYPE_STRING, REQUIRED | (flags), "Path of the archive; missing directories are created."}, \
    {"source_file",                 &TYPE_STRING, OPTIONAL | (flags), "Path of a file to pack."},  \
    {"source_dir",                  &TYPE_STRING, OPTIONAL | (flags), "Path of a directory to pack."}, \
    {"source_content",              &TYPE_STRING, OPTIONAL | (flags) | ANY_TEXT, "Text to pack."},          \
    {"source_content_filename",     &TYPE_STRING, OPTIONAL | (flags), "Name of the text in the archive."}, \
    {"excludes",                    &TYPE_SET_OF_STRING, OPTIONAL | (flags), "Patterns of paths in source_dir to omit, such as \"**/*.pyc\"."}, \
    {"exclude_symlink_directories", &TYPE_BOOL,   OPTIONAL, "Whether to omit links to directories."}, \
    {"output_file_mode",            &TYPE_STRING, OPTIONAL | (flags), "Mode of all files in the archive, such as \"0644\".", .check = archive_object_check_mode}, \
    {"output_size",                 &TYPE_NUMBER, COMPUTED | (output), "Size of the archive in bytes."},   \
    {"output_md5",                  &TYPE_STRING, COMPUTED | (output), "MD5 of the archive, in hex."}, \
    {"output_sha",                  &TYPE_STRING, COMPUTED | (output), "SHA-1 of the archive, in hex."}, \
    {"output_sha256",               &TYPE_STRING, COMPUTED | (output), "SHA-256 of the archive, in hex."}, \
    {"output_base64sha256",         &TYPE_STRING, COMPUTED | (output), "SHA-256 of the archive, in base64."}, \
    {"output_sha512",               &TYPE_STRING, COMPUTED | (output), "SHA-512 of the archive, in hex."}, \
    {"output_base64sha512",         &TYPE_STRING, COMPUTED | (output), "SHA-512 of the archive, in base64."}, \
    {"id",                          &TYPE_STRING, COMPUTED | (output), "SHA-1 of the archive, in hex."}
#define ARCHIVE_SOURCE_ATTRIBUTES(flags)                                                           \
    {"content",  &TYPE_STRING, REQUIRED | (flags) | ANY_TEXT, "Text to pack."},                             \
    {"filename", &TYPE_STRING, REQUIRED | (flags), "Name of the text in the archive."}
/* Rows of a table of rules. Conflicts of two source_… arguments are in both orders, so that each
 * argument gets an error at its own range; those with `excludes` and `source` are not. */
#define ARCHIVE_RULES                                                                                   \
    {RULE_AT_LEAST_ONE, {"source", "source_content_filename", "source_file", "source_dir"}}, \
    {RULE_CONFLICTS, {"source_file", "source_content"}}, \
    {RULE_CONFLICTS, {"source_dir", "source_content"}}, \
    {RULE_CONFLICTS, {"source_file", "source_content_filename"}}, \
    {RULE_CONFLICTS, {"source_dir", "source_content_filename"}}, \
    {RULE_CONFLICTS, {"source_dir", "source_file"}}, \
    {RULE_CONFLICTS, {"source_content", "source_file"}}, \
    {RULE_CONFLICTS, {"source_content_filename", "source_file"}}, \
    {RULE_CONFLICTS, {"source_file", "source_dir"}}, \
    {RULE_CONFLICTS, {"source_content", "source_dir"}}, \
    {RULE_CONFLICTS, {"source_content_filename", "source_dir"}}, \
    {RULE_CONFLICTS, {"source_file", "excludes"}}, \
    {RULE_CONFLICTS, {"source_content", "excludes"}}, \
    {RULE_CONFLICTS, {"source_content_filename", "excludes"}}, \
    {RULE_CONFLICTS, {"source_file", "source"}}, \
    {RULE_CONFLICTS, {"source_dir", "source"}}, \
    {RULE_CONFLICTS, {"source_content", "source"}}, \
    {RULE_CONFLICTS, {"source_content_filename", "source"}}
/* clang-format on */

Str archive_object_check_mode(Value value, Arena *arena);
/* Packs and writes the archive, unless an identical file exists; *out is `arguments` with its size,
 * digests and ID. */
MUST_USE bool archive_object_make(const Call *call, Value arguments, Value *out, Diags *diags);
