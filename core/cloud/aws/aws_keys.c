#include "aws_keys.h"
#include "json.h"
#include "problem.h"
#include "timestamp.h"

bool aws_keys_are_whole(const AwsKeys *keys) {
    return keys->access_key.len > 0 && keys->secret_key.len > 0;
}

bool aws_keys_set_expiry(AwsKeys *keys, Str time, Str *problem, Arena *arena) {
    Timestamp parsed = {0};
    Str ignored;
    if (time.len && !timestamp_parse(time, &parsed, &ignored, arena))
        return problem_text(problem, "the time at which the keys expire is not an RFC 3339 time");
    keys->expires_ms = parsed.seconds * 1000;
    return true;
}

bool aws_keys_from_json(Str json, const char *token_name, AwsKeys *out, Str *problem,
                        Arena *arena) {
    Value answer;
    if (!json_parse_object(json, &answer, arena))
        return problem_text(problem, "the response is no JSON object");
    AwsKeys keys = {
        .access_key = value_text_at(answer, STR("AccessKeyId")),
        .secret_key = value_text_at(answer, STR("SecretAccessKey")),
        .token = value_text_at(answer, str_from_cstr(token_name)),
    };
    if (!aws_keys_are_whole(&keys))
        return problem_text(problem, "the response has no AccessKeyId or no SecretAccessKey");
    if (!aws_keys_set_expiry(&keys, value_text_at(answer, STR("Expiration")), problem, arena))
        return false;
    *out = keys;
    return true;
}

/* No part of a key has a line break. */
Str aws_keys_to_text(const AwsKeys *keys, Arena *arena) {
    const Str parts[] = {keys->access_key, keys->secret_key, keys->token};
    return str_join(parts, ARRAY_COUNT(parts), STR("\n"), arena);
}

AwsKeys aws_keys_from_text(Str text) {
    size_t first = str_find_char(text, '\n', 0);
    size_t second = str_find_char(text, '\n', first + 1);
    return (AwsKeys){.access_key = str_slice(text, 0, first),
                     .secret_key = str_slice(text, first + 1, second),
                     .token = str_after(text, second + 1)};
}
