/* A request is a form; the response is XML. */
#include "aws_sts.h"
#include "aws_profile.h"
#include "aws_signature.h"
#include "http_send.h"
#include "plugin.h"
#include "problem.h"
#include "sts_answer.h"
#include "url.h"

#include <errno.h>

#define STS_TIMEOUT_MS 30000
#define STS_BODY_LIMIT ((uint64_t)1 << 20)

static Plugin sts_plugin = {
    .file = STS_PLUGIN,
    .symbol = "sts_answers",
    .purpose = "the security token service of AWS",
    .content = &sts_answers,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

typedef struct StsForm {
    StrBuf text;
    Arena *arena;
} StsForm;

static void add_field(StsForm *form, const char *name, Str value) {
    if (value.len == 0)
        return;
    if (form->text.len > 0)
        strbuf_add_char(&form->text, '&');
    strbuf_add_format(&form->text, "%s=%.*s", name, STR_ARG(url_encode(value, false, form->arena)));
}

static void add_number(StsForm *form, const char *name, int64_t number) {
    if (number > 0)
        add_field(form, name, str_format(form->arena, "%lld", (long long)number));
}

/* Lists have members NAME.member.1 …, with a name of their own in lists of structures. */
static void add_member(StsForm *form, const char *list, size_t i, const char *end, Str value) {
    add_field(
        form,
        str_to_cstr(str_format(form->arena, "%s.member.%zu%s", list, i + 1, end), form->arena),
        value);
}

static StsForm new_form(const char *action, Arena *arena) {
    StsForm form = {strbuf_new(arena), arena};
    add_field(&form, "Action", str_from_cstr(action));
    add_field(&form, "Version", STR("2011-06-15"));
    return form;
}

static void add_role(const AwsLookup *lookup, const AwsRole *role, StsForm *form) {
    const Clock *clock = lookup->io->clock;
    Str made = str_format(form->arena, "loam-%lld", (long long)clock->now_ms(clock->self));
    add_field(form, "RoleArn", role->arn);
    add_field(form, "RoleSessionName", role->session_name.len ? role->session_name : made);
    add_field(form, "ExternalId", role->external_id);
    add_field(form, "SourceIdentity", role->source_identity);
    add_field(form, "Policy", role->policy);
    add_number(form, "DurationSeconds", role->duration_s);
    for (size_t i = 0; i < role->policy_arns.count; i++)
        add_member(form, "PolicyArns", i, ".arn", role->policy_arns.items[i]);
    for (size_t i = 0; i < role->tags.count; i++) {
        add_member(form, "Tags", i, ".Key", role->tags.items[i].key);
        add_member(form, "Tags", i, ".Value", role->tags.items[i].value);
    }
    for (size_t i = 0; i < role->transitive_tag_keys.count; i++)
        add_member(form, "TransitiveTagKeys", i, "", role->transitive_tag_keys.items[i]);
}

static Str sts_region(const AwsLookup *lookup) {
    return lookup->options->sts_region.len ? lookup->options->sts_region : lookup->region;
}

static Str sts_url(const AwsLookup *lookup, Arena *arena) {
    const AwsOptions *options = lookup->options;
    Str given = options->sts_endpoint;
    if (given.len == 0)
        given = aws_transport_variable(lookup->io->process, "STS", arena);
    if (given.len == 0)
        given = aws_transport_endpoint("sts", sts_region(lookup), options->fips_endpoints,
                                       options->dualstack_endpoints, arena);
    return str_concat(given, STR("/"), arena);
}

static const StsAnswers *sts_parser(void) {
    return sts_plugin.content;
}

static bool report_status(const HttpResponse *response, const char *action, Str *problem,
                          Arena *arena) {
    Str code, message;
    sts_parser()->parse_error(response->body, &code, &message, arena);
    while (str_ends_with(message, STR(".")))
        message = str_slice(message, 0, message.len - 1);
    return problem_set(problem, arena, "%s failed with HTTP status %d%s%.*s%s%.*s%s", action,
                       response->code, code.len ? " " : "", STR_ARG(code), message.len ? " (" : "",
                       STR_ARG(message), message.len ? ")" : "");
}

/* Sends the form, signed with the keys unless they are NULL. */
static bool send_form(const AwsLookup *lookup, const StsForm *form, const AwsKeys *keys, Str *out,
                      Str *problem) {
    Arena *arena = form->arena;
    const Clock *clock = lookup->io->clock;
    HttpRequest request = {
        .method = STR("POST"),
        .url = sts_url(lookup, arena),
        .body = strbuf_str(&form->text),
        .timeout_ms = STS_TIMEOUT_MS,
        .retries = lookup->options->transport.retries,
        .body_limit = STS_BODY_LIMIT,
        .cancel = lookup->cancel,
        .cancel_at = CANCEL_NOW,
    };
    HttpResponse response = {0};
    if (!plugin_get(&sts_plugin, problem, arena))
        return false;
    if (sts_region(lookup).len == 0)
        return problem_text(problem, "the region is unknown. Set \"region\", or AWS_REGION");
    if (!aws_transport_is_safe(request.url) && !lookup->options->transport.skip_verify)
        return problem_set(problem, arena,
                           "the address of the security token service must be an https address, "
                           "or one of this machine, because its responses hold keys: %.*s",
                           STR_ARG(request.url));
    http_add_header(&request.headers, "content-type",
                    STR("application/x-www-form-urlencoded; charset=utf-8"), arena);
    aws_transport_apply(&lookup->options->transport, &request);
    if (keys) {
        AwsIdentity identity = {keys->access_key, keys->secret_key, keys->token, sts_region(lookup),
                                STR("sts")};
        aws_signature_sign(&identity, clock->now_ms(clock->self), &request, arena);
    }
    Str why = STR_EMPTY;
    if (http_send(lookup->io, &request, &response, &why, arena) != HTTP_DONE)
        return problem_set(problem, arena,
                           "the security token service %.*s cannot be reached: %.*s",
                           STR_ARG(request.url), STR_ARG(why));
    *out = response.body;
    return response.code == 200 ||
           report_status(&response, "the security token service", problem, arena);
}

static bool read_keys(Str text, AwsKeys *out, Str *problem, Arena *arena) {
    StsKeys found = {0};
    if (!sts_parser()->parse_keys(text, &found, arena))
        return problem_text(problem, "the security token service returned no keys");
    *out = (AwsKeys){found.access_key, found.secret_key, found.token, 0};
    return aws_keys_set_expiry(out, found.expiration, problem, arena);
}

static bool report_role(const AwsRole *role, Str why, Str *problem, Arena *arena) {
    return problem_set(problem, arena, "the role \"%.*s\" cannot be assumed: %.*s",
                       STR_ARG(role->arn), STR_ARG(why));
}

bool aws_sts_assume(const AwsLookup *lookup, const AwsRole *role, const AwsKeys *keys, AwsKeys *out,
                    Str *problem, Arena *arena) {
    StsForm form = new_form("AssumeRole", arena);
    Str text, why = STR_EMPTY;
    add_role(lookup, role, &form);
    return (send_form(lookup, &form, keys, &text, &why) && read_keys(text, out, &why, arena)) ||
           report_role(role, why, problem, arena);
}

static bool read_token(const AwsLookup *lookup, const AwsRole *role, Str *out, Str *problem,
                       Arena *arena) {
    const Disk *disk = lookup->io->disk;
    Str text = role->web_token;
    Str path = aws_profile_expand(lookup->io, role->web_token_file, arena);
    int error = text.len ? 0 : disk->read_file(disk->self, path, &text, arena);
    if (error)
        return problem_set(problem, arena, "the token file \"%.*s\" cannot be read: %s",
                           STR_ARG(path), strerror(-error));
    *out = str_trim(text);
    return out->len > 0 ||
           problem_set(problem, arena, "the token file \"%.*s\" is empty", STR_ARG(path));
}

bool aws_sts_assume_by_token(const AwsLookup *lookup, const AwsRole *role, AwsKeys *out,
                             Str *problem, Arena *arena) {
    StsForm form = new_form("AssumeRoleWithWebIdentity", arena);
    Str text, token, why = STR_EMPTY;
    if (!read_token(lookup, role, &token, &why, arena))
        return report_role(role, why, problem, arena);
    add_role(lookup, role, &form);
    add_field(&form, "WebIdentityToken", token);
    return (send_form(lookup, &form, NULL, &text, &why) && read_keys(text, out, &why, arena)) ||
           report_role(role, why, problem, arena);
}

bool aws_sts_account(const AwsLookup *lookup, const AwsKeys *keys, Str *out, Str *problem,
                     Arena *arena) {
    StsForm form = new_form("GetCallerIdentity", arena);
    Str text;
    if (!send_form(lookup, &form, keys, &text, problem))
        return false;
    *out = sts_parser()->parse_account(text, arena);
    return out->len > 0 || problem_text(problem, "the security token service returned no account");
}
