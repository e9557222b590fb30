/* hash: functions for digests of strings and files. */
#include "functions.h"

#include "base64.h"
#include "digest.h"
#include "filesystem.h"

typedef Str (*HashText)(DigestKind kind, Str data, Arena *arena);

static Str hash_base64(DigestKind kind, Str data, Arena *arena) {
    return base64_encode(digest_bytes(kind, data, arena), arena);
}

static bool hash_string(FunctionCall *call, DigestKind kind, HashText text, Value *out) {
    return function_give(value_from_str(text(kind, function_text(call, 0), call->arena)), out);
}

static bool hash_file_content(FunctionCall *call, DigestKind kind, HashText text, Value *out,
                              Str *error) {
    Str bytes;
    if (!filesystem_read(call, &bytes, error))
        return false;
    return function_give(value_from_str(text(kind, bytes, call->arena)), out);
}

static bool hash_md5(FunctionCall *call, Value *out, Str *) {
    return hash_string(call, DIGEST_MD5, digest_hex, out);
}

static bool hash_sha1(FunctionCall *call, Value *out, Str *) {
    return hash_string(call, DIGEST_SHA1, digest_hex, out);
}

static bool hash_sha256(FunctionCall *call, Value *out, Str *) {
    return hash_string(call, DIGEST_SHA256, digest_hex, out);
}

static bool hash_sha512(FunctionCall *call, Value *out, Str *) {
    return hash_string(call, DIGEST_SHA512, digest_hex, out);
}

static bool hash_base64sha256(FunctionCall *call, Value *out, Str *) {
    return hash_string(call, DIGEST_SHA256, hash_base64, out);
}

static bool hash_base64sha512(FunctionCall *call, Value *out, Str *) {
    return hash_string(call, DIGEST_SHA512, hash_base64, out);
}

static bool hash_filemd5(FunctionCall *call, Value *out, Str *error) {
    return hash_file_content(call, DIGEST_MD5, digest_hex, out, error);
}

static bool hash_filesha1(FunctionCall *call, Value *out, Str *error) {
    return hash_file_content(call, DIGEST_SHA1, digest_hex, out, error);
}

static bool hash_filesha256(FunctionCall *call, Value *out, Str *error) {
    return hash_file_content(call, DIGEST_SHA256, digest_hex, out, error);
}

static bool hash_filesha512(FunctionCall *call, Value *out, Str *error) {
    return hash_file_content(call, DIGEST_SHA512, digest_hex, out, error);
}

static bool hash_filebase64sha256(FunctionCall *call, Value *out, Str *error) {
    return hash_file_content(call, DIGEST_SHA256, hash_base64, out, error);
}

static bool hash_filebase64sha512(FunctionCall *call, Value *out, Str *error) {
    return hash_file_content(call, DIGEST_SHA512, hash_base64, out, error);
}

#define OF_STRING PARAMETERS({"str", &TYPE_STRING}), .type = &TYPE_STRING
#define OF_FILE   PARAMETERS({"path", &TYPE_STRING}), .type = &TYPE_STRING

/* clang-format off */
static const Function hash_functions[] = {
    {
        .name = "base64sha256",
        OF_STRING,
        .run = hash_base64sha256,
        .description = "The SHA-256 digest of the string, in base64.",
        .example = "base64sha256(\"a\") = \"ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=\"",
    },
    {
        .name = "base64sha512",
        OF_STRING,
        .run = hash_base64sha512,
        .description = "The SHA-512 digest of the string, in base64.",
        .example = "length(base64sha512(\"a\")) = 88",
    },
    {
        .name = "filebase64sha256", .blames_call = true,
        OF_FILE,
        .run = hash_filebase64sha256,
        .description = "The SHA-256 digest of a file, in base64.",
        .example = "filebase64sha256(\"hello.txt\") = base64sha256(\"Hello\")",
    },
    {
        .name = "filebase64sha512", .blames_call = true,
        OF_FILE,
        .run = hash_filebase64sha512,
        .description = "The SHA-512 digest of a file, in base64.",
        .example = "filebase64sha512(\"hello.txt\") = base64sha512(\"Hello\")",
    },
    {
        .name = "filemd5", .blames_call = true,
        OF_FILE,
        .run = hash_filemd5,
        .description = "The MD5 digest of a file, in hexadecimal digits.",
        .example = "filemd5(\"hello.txt\") = md5(\"Hello\")",
    },
    {
        .name = "filesha1", .blames_call = true,
        OF_FILE,
        .run = hash_filesha1,
        .description = "The SHA-1 digest of a file, in hexadecimal digits.",
        .example = "filesha1(\"hello.txt\") = sha1(\"Hello\")",
    },
    {
        .name = "filesha256", .blames_call = true,
        OF_FILE,
        .run = hash_filesha256,
        .description = "The SHA-256 digest of a file, in hexadecimal digits.",
        .example = "filesha256(\"hello.txt\") = sha256(\"Hello\")",
    },
    {
        .name = "filesha512", .blames_call = true,
        OF_FILE,
        .run = hash_filesha512,
        .description = "The SHA-512 digest of a file, in hexadecimal digits.",
        .example = "filesha512(\"hello.txt\") = sha512(\"Hello\")",
    },
    {
        .name = "md5",
        OF_STRING,
        .run = hash_md5,
        .description = "The MD5 digest of the string, in hexadecimal digits.",
        .example = "md5(\"a\") = \"0cc175b9c0f1b6a831c399e269772661\"",
    },
    {
        .name = "sha1",
        OF_STRING,
        .run = hash_sha1,
        .description = "The SHA-1 digest of the string, in hexadecimal digits.",
        .example = "sha1(\"a\") = \"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\"",
    },
    {
        .name = "sha256",
        OF_STRING,
        .run = hash_sha256,
        .description = "The SHA-256 digest of the string, in hexadecimal digits.",
        .example = "substr(sha256(\"a\"), 0, 8) = \"ca978112\"",
    },
    {
        .name = "sha512",
        OF_STRING,
        .run = hash_sha512,
        .description = "The SHA-512 digest of the string, in hexadecimal digits.",
        .example = "substr(sha512(\"a\"), 0, 8) = \"1f40fc92\"",
    },
};
/* clang-format on */

const FunctionFamily functions_hash = {hash_functions, ARRAY_COUNT(hash_functions)};
