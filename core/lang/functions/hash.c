/* hash: functions for digests of strings and files. */
#include "functions.h"

#include "base64.h"
#include "digest.h"
#include "filesystem.h"

enum { HASH_BASE64 = 16 }; /* beside a DigestKind: the digest is written in base64 */

static bool hash_bytes(FunctionCall *call, Str bytes, Value *out) {
    int option = call->function->option;
    DigestKind kind = (DigestKind)(option & ~HASH_BASE64);
    Str text = option & HASH_BASE64
                   ? base64_encode(digest_bytes(kind, bytes, call->arena), call->arena)
                   : digest_hex(kind, bytes, call->arena);
    return function_give(value_from_str(text), out);
}

static bool hash_string(FunctionCall *call, Value *out, Str *) {
    return hash_bytes(call, function_text(call, 0), out);
}

static bool hash_file(FunctionCall *call, Value *out, Str *error) {
    Str bytes;
    return filesystem_read(call, &bytes, error) && hash_bytes(call, bytes, out);
}

#define OF_STRING(kind)                                                                            \
    PARAMETERS({"str", &TYPE_STRING}), .type = &TYPE_STRING, .run = hash_string, .option = (kind)
#define OF_FILE(kind)                                                                              \
    PARAMETERS({"path", &TYPE_STRING}), .type = &TYPE_STRING, .run = hash_file, .option = (kind)

/* clang-format off */
static const Function hash_functions[] = {
    {
        .name = "base64sha256",
        OF_STRING(DIGEST_SHA256 | HASH_BASE64),
        .description = "The SHA-256 digest of the string, in base64.",
        .example = "base64sha256(\"a\") = \"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\"",
    },
    {
        .name = "base64sha512",
        OF_STRING(DIGEST_SHA512 | HASH_BASE64),
        .description = "The SHA-512 digest of the string, in base64.",
        .example = "length(base64sha512(\"a\")) = 88",
    },
    {
        .name = "filebase64sha256", .blames_call = true,
        OF_FILE(DIGEST_SHA256 | HASH_BASE64),
        .description = "The SHA-256 digest of a file, in base64.",
        .example = "filebase64sha256(\"hello.txt\") = base64sha256(\"Hello\")",
    },
    {
        .name = "filebase64sha512", .blames_call = true,
        OF_FILE(DIGEST_SHA512 | HASH_BASE64),
        .description = "The SHA-512 digest of a file, in base64.",
        .example = "filebase64sha512(\"hello.txt\") = base64sha512(\"Hello\")",
    },
    {
        .name = "filemd5", .blames_call = true,
        OF_FILE(DIGEST_MD5),
        .description = "The MD5 digest of a file, in hexadecimal digits.",
        .example = "filemd5(\"hello.txt\") = md5(\"Hello\")",
    },
    {
        .name = "filesha1", .blames_call = true,
        OF_FILE(DIGEST_SHA1),
        .description = "The SHA-1 digest of a file, in hexadecimal digits.",
        .example = "filesha1(\"hello.txt\") = sha1(\"Hello\")",
    },
    {
        .name = "filesha256", .blames_call = true,
        OF_FILE(DIGEST_SHA256),
        .description = "The SHA-256 digest of a file, in hexadecimal digits.",
        .example = "filesha256(\"hello.txt\") = sha256(\"Hello\")",
    },
    {
        .name = "filesha512", .blames_call = true,
        OF_FILE(DIGEST_SHA512),
        .description = "The SHA-512 digest of a file, in hexadecimal digits.",
        .example = "filesha512(\"hello.txt\") = sha512(\"Hello\")",
    },
    {
        .name = "md5",
        OF_STRING(DIGEST_MD5),
        .description = "The MD5 digest of the string, in hexadecimal digits.",
        .example = "md5(\"a\") = \"0cc175b9c0f1b6a831c399e269772661\"",
    },
    {
        .name = "sha1",
        OF_STRING(DIGEST_SHA1),
        .description = "The SHA-1 digest of the string, in hexadecimal digits.",
        .example = "sha1(\"a\") = \"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\"",
    },
    {
        .name = "sha256",
        OF_STRING(DIGEST_SHA256),
        .description = "The SHA-256 digest of the string, in hexadecimal digits.",
        .example = "substr(sha256(\"a\"), 0, 8) = \"ca978112\"",
    },
    {
        .name = "sha512",
        OF_STRING(DIGEST_SHA512),
        .description = "The SHA-512 digest of the string, in hexadecimal digits.",
        .example = "substr(sha512(\"a\"), 0, 8) = \"1f40fc92\"",
    },
};
/* clang-format on */

const FunctionFamily functions_hash = {hash_functions, ARRAY_COUNT(hash_functions)};
