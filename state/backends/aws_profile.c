/* aws_profile: parses profile files line by line. */
#include "aws_profile.h"

typedef struct Setting {
    const char *name;
    size_t offset;
} Setting;

static const Setting settings[] = {
    {"aws_access_key_id",     offsetof(AwsProfile, access_key)        },
    {"aws_secret_access_key", offsetof(AwsProfile, secret_key)        },
    {"aws_session_token",     offsetof(AwsProfile, token)             },
    {"region",                offsetof(AwsProfile, region)            },
    {"credential_process",    offsetof(AwsProfile, credential_process)},
    {"role_arn",              offsetof(AwsProfile, role_arn)          },
    {"sso_session",           offsetof(AwsProfile, sso_session)       },
    {"sso_start_url",         offsetof(AwsProfile, sso_session)       },
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

static void take_line(Str line, AwsProfile *profile) {
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

bool aws_profile_read(Str text, Str name, bool is_credentials, AwsProfile *profile) {
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
            take_line(content, profile);
        }
    }
    return was_found;
}
