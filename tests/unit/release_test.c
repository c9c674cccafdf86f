/* release_test.c - what a manifest may be, who may sign one, and which release stands, whatever the order. */
#include "tests/unit/release_samples.h"

/* ---- The manifest ---- */

static struct lt_release two_systems(void)
{
    struct lt_release release = release_sample(9);
    release.file_count = 2;
    release.files[1] = release.files[0];
    strcpy(release.files[1].system, "windows-x86_64");
    return release;
}

static void a_manifest_has_one_form(void **state)
{
    (void)state;
    const struct lt_release release = two_systems();
    struct lt_release again;
    uint8_t manifest[LT_MANIFEST_BYTES_MAX + 1];
    size_t size, opened = 0;
    assert_int_equal(lt_release_pack(&release, manifest, &size), LT_OK);
    assert_int_equal(lt_release_open((struct lt_bytes){manifest, size}, &again), LT_OK);
    assert_memory_equal(&release, &again, sizeof(release));
    assert_ptr_equal(lt_release_file_for(&again, "windows-x86_64"), &again.files[1]);
    assert_null(lt_release_file_for(&again, "linux"));
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(lt_release_open((struct lt_bytes){manifest, cut}, &again), LT_MALFORMED);
    manifest[size] = 0;
    assert_int_equal(lt_release_open((struct lt_bytes){manifest, size + 1}, &again), LT_MALFORMED);
    for (size_t bit = 0; bit < 8 * size; bit++) { /* nothing, or what is packed so */
        uint8_t packed[LT_MANIFEST_BYTES_MAX];
        size_t packed_size;
        manifest[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (lt_release_open((struct lt_bytes){manifest, size}, &again) == LT_OK) {
            opened++;
            assert_memory_not_equal(&release, &again, sizeof(release));
            assert_int_equal(lt_release_pack(&again, packed, &packed_size), LT_OK);
            assert_int_equal(packed_size, size);
            assert_memory_equal(packed, manifest, size);
        }
        manifest[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_true(opened > 500); /* number, format and hashes may be any */
}

static void what_is_no_manifest_is_not_made(void **state)
{
    (void)state;
    const struct lt_release whole = two_systems();
    uint8_t manifest[LT_MANIFEST_BYTES_MAX];
    size_t size;
    for (int fault = 0; fault < 12; fault++) {
        struct lt_release bad = whole;
        switch (fault) {
        case 0:
            bad.number = 0;
            break;
        case 1:
            bad.version[0] = '\0';
            break;
        case 2:
            strcpy(bad.version, "1 2");
            break;
        case 3:
            memset(bad.version, '1', sizeof(bad.version));
            break;
        case 4:
            bad.file_count = 0;
            break;
        case 5:
            bad.file_count = LT_RELEASE_FILES_MAX + 1;
            break;
        case 6:
            strcpy(bad.files[1].system, "linux-x86_64"); /* twice */
            break;
        case 7:
            strcpy(bad.files[0].system, "zz"); /* out of order */
            break;
        case 8:
            strcpy(bad.files[0].system, "../x");
            break;
        case 9:
            bad.files[1].size = 0;
            break;
        case 10:
            bad.files[1].size = LT_RELEASE_FILE_MAX + 1;
            break;
        default:
            memset(bad.files[1].system, 'x', sizeof(bad.files[1].system));
        }
        assert_int_equal(lt_release_pack(&bad, manifest, &size), LT_MALFORMED);
    }
}

static void the_greatest_manifest_fits(void **state)
{
    (void)state;
    struct lt_release release = {.number = INT64_MAX, .format = UINT32_MAX, .file_count = 8};
    uint8_t manifest[LT_MANIFEST_BYTES_MAX];
    size_t size;
    memset(release.version, '9', sizeof(release.version) - 1);
    for (size_t i = 0; i < 8; i++) {
        memset(release.files[i].system, (int)('a' + i), sizeof(release.files[i].system) - 1);
        release.files[i].size = LT_RELEASE_FILE_MAX;
    }
    assert_int_equal(lt_release_pack(&release, manifest, &size), LT_OK);
    assert_int_equal(size, LT_MANIFEST_BYTES_MAX);
}

/* ---- Who signs ---- */

static void each_signature_is_of_its_own_words(void **state)
{
    (void)state;
    const struct release_pair key = release_pair(1), root = release_pair(2);
    const struct lt_release release = release_sample(9);
    uint8_t manifest[LT_MANIFEST_BYTES_MAX];
    struct lt_signature signature, rooted;
    size_t size;
    assert_int_equal(lt_release_pack(&release, manifest, &size), LT_OK);
    const struct lt_bytes bytes = {manifest, size};
    lt_release_sign(bytes, &key.secret, &signature);
    lt_release_key_sign(&key.key, 5, &root.secret, &rooted);
    assert_true(lt_release_signed(bytes, &key.key, &signature));
    assert_true(lt_release_key_signed(&key.key, 5, &rooted, &root.key));
    assert_false(lt_release_signed(bytes, &root.key, &signature));
    assert_false(lt_release_signed(bytes, &key.key, &rooted));
    assert_false(lt_release_key_signed(&key.key, 6, &rooted, &root.key));
    assert_false(lt_release_key_signed(&root.key, 5, &rooted, &root.key));
    assert_false(lt_release_key_signed(&key.key, 5, &rooted, &key.key));
    manifest[7] ^= 1;
    assert_false(lt_release_signed(bytes, &key.key, &signature));
    /* The root's signature of a hub key is none of a key for releases. */
    const struct lt_unit top = unit_at("VN");
    lt_root_sign(&top, &key.key, &root.secret, &rooted);
    assert_false(lt_release_key_signed(&key.key, 0, &rooted, &root.key));
}

static void waves_are_even(void **state)
{
    (void)state;
    unsigned first = 0, same = 0;
    for (unsigned i = 0; i < 10000; i++) {
        const struct lt_key key = key_of(i);
        const uint32_t wave = lt_release_wave(&key, 4);
        assert_true(wave < 100);
        first += wave < 10;
        same += wave == lt_release_wave(&key, 5);
    }
    assert_in_range(first, 850, 1150);
    assert_in_range(same, 50, 150); /* another release begins with others */
}

/* ---- Which one stands ---- */

static void expect(const struct lt_book *book, uint64_t serial, uint64_t number, uint32_t percent)
{
    const struct lt_standing_release *now = lt_book_release_now(book);
    assert_non_null(now);
    assert_int_equal(now->serial, serial);
    assert_int_equal(now->release.number, number);
    assert_int_equal(now->percent, percent);
}

static struct saying *word(const char *hub, uint64_t seq, unsigned key, uint64_t serial,
                           uint64_t number, uint32_t percent)
{
    const struct lt_release release = release_sample(number);
    struct saying *saying = say(hub, seq, key);
    say_release(saying, serial, &release, percent);
    return saying;
}

static void the_greatest_stands_in_any_order(void **state)
{
    (void)state;
    enum { WORDS = 5 };
    struct saying *words[WORDS] = {
        word("VN", 2, 1, 1, 90, 100), /* by a key that has been ended */
        word("VN", 3, 1, 2, 7, 100), /* a lesser number */
        word("VN", 4, 1, 2, 8, 50),   word("VN", 5, 1, 2, 8, 0), /* the last word about it */
        word("80", 6, 2, 3, 99, 100), /* not its to say */
    };
    for (unsigned order = 0; order < 120; order++) {
        struct lt_book *book = book_of_two_hubs();
        unsigned left = order, taken = 0;
        struct lt_hash before, after;
        assert_null(lt_book_release_now(book));
        lt_book_digest(book, &before);
        for (unsigned rest = WORDS; rest > 0; rest--) {
            unsigned skip = left % rest, i = 0;
            left /= rest;
            for (;; i++) {
                if (taken & 1U << i)
                    continue;
                if (skip-- == 0)
                    break;
            }
            taken |= 1U << i;
            hear(book, words[i]);
        }
        expect(book, 2, 8, 0);
        lt_book_digest(book, &after); /* no record is judged by it */
        assert_memory_equal(&before, &after, sizeof(before));
        lt_book_free(book);
    }
    for (size_t i = 0; i < WORDS; i++)
        free(words[i]);
}

static void what_is_not_signed_says_nothing(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    const struct lt_release release = release_sample(9);
    const struct release_pair other = release_pair(99);
    for (int fault = 0; fault < 5; fault++) {
        struct saying *saying = say("VN", 10 + (uint64_t)fault, 1);
        Lienthong__Release *entry = say_release(saying, 1, &release, 100);
        if (fault == 0)
            entry->signature.data[5] ^= 1;
        else if (fault == 1)
            entry->root_signature.data[5] ^= 1;
        else if (fault == 2)
            entry->serial = 2;
        else if (fault == 3)
            entry->percent = 101;
        else /* by a key of its own */
            lt_release_key_sign(&other.key, 1, &other.secret,
                                (struct lt_signature *)(void *)entry->root_signature.data);
        assert_false(tell(book, saying).standing);
        assert_null(lt_book_release_now(book));
    }
    assert_true(tell(book, word("VN", 20, 1, 1, 9, 1)).standing);
    expect(book, 1, 9, 1);
    lt_book_free(book);
}

/* What the former root signed of it counts no more, before the change and after. */
static void another_root_ends_it(void **state)
{
    (void)state;
    const struct lt_unit top = unit_at("VN");
    const struct release_pair recovery = release_pair(50), next = release_pair(51);
    const struct release_pair key = release_pair(1);
    struct lt_roots roots = {next.key, release_pair(52).key};
    struct lt_signature replaced, rooted, topped;
    const struct lt_key hub = key_of(1);
    for (int late = 0; late < 2; late++) {
        struct lt_book *book = sample_book();
        struct saying *saying = say("VN", 3, 1);
        Lienthong__RootEntry entry;
        lt_book_pin_recovery(book, &recovery.key);
        if (!late)
            tell(book, word("VN", 2, 1, 1, 9, 100));
        lt_root_replace(&top, &roots, &recovery.secret, &replaced);
        lt_root_sign(&top, &hub, &next.secret, &topped);
        lienthong__root_entry__init(&entry);
        entry.root_key = (ProtobufCBinaryData){32, roots.root.bytes};
        entry.recovery_key = (ProtobufCBinaryData){32, roots.recovery.bytes};
        entry.signature = (ProtobufCBinaryData){64, replaced.bytes};
        say_grant(saying, "VN", LIENTHONG__ROLE__ROLE_HUB, 1, 0, &next.secret);
        saying->items[say_item(saying)].root = &entry;
        tell(book, saying);
        if (late)
            tell(book, word("VN", 2, 1, 1, 9, 100));
        assert_null(lt_book_release_now(book));
        saying = word("VN", 4, 1, 1, 9, 10);
        lt_release_key_sign(&key.key, 1, &next.secret, &rooted);
        memcpy(saying->items[0].release->root_signature.data, rooted.bytes, 64);
        tell(book, saying);
        expect(book, 1, 9, 10);
        lt_book_free(book);
    }
}

/* ---- Before it is said ---- */

static void check(struct lt_book *book, struct saying *saying, const char *expected)
{
    char reason[160] = "";
    size_t row = 9;
    const Lienthong__Directive *items[1] = {&saying->items[0]};
    const enum lt_result result = lt_book_check_standing(book, items, 1, &row, reason);
    assert_int_equal(result, expected == NULL ? LT_OK : LT_REFUSED);
    assert_string_equal(reason, expected == NULL ? "" : expected);
    free(saying);
}

static void what_would_not_stand_is_refused(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = word("VN", 5, 1, 2, 9, 101);
    check(book, saying, "it is no release");
    saying = word("VN", 5, 1, 2, 9, 0);
    saying->items[0].release->signature.data[0] ^= 1;
    check(book, saying, "the manifest is not signed by the release key");
    saying = word("VN", 5, 1, 2, 9, 0);
    saying->items[0].release->root_signature.data[0] ^= 1;
    check(book, saying, "the release key is not signed by the root that counts here");
    check(book, word("VN", 5, 1, 2, 9, 0), NULL);
    tell(book, word("VN", 5, 1, 2, 9, 0));
    check(book, word("VN", 6, 1, 2, 9, 10), NULL);
    check(book, word("VN", 6, 1, 3, 9, 10), NULL);
    check(book, word("VN", 6, 1, 1, 10, 0), "a later release key has ended this one");
    check(book, word("VN", 6, 1, 2, 8, 0), "a release with a greater number was said");
    struct lt_release other = release_sample(9);
    other.files[0].size++;
    saying = say("VN", 6, 1);
    say_release(saying, 2, &other, 0);
    check(book, saying, "the number was said with other files");
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_has_one_form),
        cmocka_unit_test(what_is_no_manifest_is_not_made),
        cmocka_unit_test(the_greatest_manifest_fits),
        cmocka_unit_test(each_signature_is_of_its_own_words),
        cmocka_unit_test(waves_are_even),
        cmocka_unit_test(the_greatest_stands_in_any_order),
        cmocka_unit_test(what_is_not_signed_says_nothing),
        cmocka_unit_test(another_root_ends_it),
        cmocka_unit_test(what_would_not_stand_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
