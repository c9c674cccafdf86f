/* Records that are there. */
#include <string.h>

#include "agent/cells.h"
#include "agent/intake_match.h"
#include "proto/merge.h"

static bool both_differ(const char *a, const char *b)
{
    char left[LT_FOLDED_MAX], right[LT_FOLDED_MAX];
    return lt_fold_plain(a, left) && lt_fold_plain(b, right) && left[0] != '\0' &&
           right[0] != '\0' && strcmp(left, right) != 0;
}

bool lt_match_two_people(const Lienthong__Person *a, const Lienthong__Person *b)
{
    return a != NULL && b != NULL &&
           (both_differ(a->workplace, b->workplace) || both_differ(a->position, b->position));
}

/* "Nguyễn Văn A, Trường X, giáo viên" */
static void describe_person(const Lienthong__Person *person, char *ret_text, size_t max)
{
    ret_text[0] = '\0';
    if (person != NULL) {
        int size = snprintf(ret_text, max, "%s%s%s%s%s", person->name,
                            person->workplace[0] != '\0' ? ", " : "", person->workplace,
                            person->position[0] != '\0' ? ", " : "", person->position);
        if (size >= (int)max) {
            ret_text[lt_table_cut(ret_text, max - 1)] = '\0';
        }
    }
}

static bool is_key(const struct lt_search *search, const struct lt_natural *natural)
{
    return search->key == NULL ||
           memcmp(search->alike ? natural->alike : natural->exact, search->key, 16) == 0;
}

bool lt_match_collect(void *context, const struct lt_record_view *view)
{
    struct lt_search *search = context;
    /* A record may also be found under the key of an older version. */
    if (!is_key(search, &view->natural) ||
        (search->alike && memcmp(view->natural.exact, search->said->natural.exact, 16) == 0)) {
        return true;
    }
    struct lt_found *found = &search->found[search->count++];
    *found = (struct lt_found){.ref = view->ref,
                               .retracted = view->retracted,
                               .contested = view->contested,
                               .erased = view->erased,
                               .hidden = view->hidden,
                               .import = view->import,
                               .verdict = view->quarantined ? view->verdict : LT_COUNTS};
    if (view->body != NULL) {
        found->kind = lt_cells_kind(view->body->changes[view->index]);
    }
    if (!view->retracted && view->body != NULL) {
        found->value =
            lt_change_value(view->body, view->others ? &lt_predecessor_any.unit : search->author,
                            view->index, view->person);
        found->two_people =
            search->alike && lt_match_two_people(view->person, search->said->person);
    }
    describe_person(view->person, found->what, sizeof(found->what));
    return search->count < LT_FOUND_MAX;
}
