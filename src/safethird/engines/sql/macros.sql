-- What the queries of safethird rest on. Truth is BOOLEAN; unknown is NULL.
-- A date or number is an interval: {lo, hi}, both ends included, exact when they are equal. An unknown one is NULL.

-- Intervals ------------------------------------------------------------------------------------------

-- One exact day or number.
CREATE TEMP MACRO exact(x) AS CASE WHEN x IS NOT NULL THEN {'lo': x, 'hi': x} END;

-- a < b: decided when the intervals do not overlap.
CREATE TEMP MACRO before(a, b) AS CASE WHEN a.hi < b.lo THEN true WHEN a.lo >= b.hi THEN false END;

-- a = b: true of two exact values only.
CREATE TEMP MACRO equal(a, b) AS
  CASE WHEN a.hi < b.lo OR b.hi < a.lo THEN false
       WHEN a.lo = a.hi AND b.lo = b.hi AND a.lo = b.lo THEN true END;

-- Dates ----------------------------------------------------------------------------------------------

-- `2019`, `2019-11` or `2019-11-20` as the days that it may mean; NULL for anything else.
CREATE TEMP MACRO day_of(t) AS
  CASE WHEN regexp_full_match(t, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN exact(TRY_CAST(t AS DATE))
       WHEN regexp_full_match(t, '[0-9]{4}-[0-9]{2}') AND TRY_CAST(t || '-01' AS DATE) IS NOT NULL
         THEN {'lo': TRY_CAST(t || '-01' AS DATE), 'hi': last_day(TRY_CAST(t || '-01' AS DATE))}
       WHEN regexp_full_match(t, '[0-9]{4}') AND TRY_CAST(t || '-01-01' AS DATE) IS NOT NULL
         THEN {'lo': TRY_CAST(t || '-01-01' AS DATE), 'hi': TRY_CAST(t || '-12-31' AS DATE)} END;

CREATE TEMP MACRO in_calendar(d) AS least(greatest(d, DATE '0001-01-01'), DATE '9999-12-31');

-- A day some days later.
CREATE TEMP MACRO day_plus_days(d, n) AS CAST(in_calendar(CAST(CAST(d AS DATE) + to_days(n) AS DATE)) AS DATE);

-- A day some months later. Where there is no such date: the last day of that month, or the day after it.
CREATE TEMP MACRO day_plus_months(d, n, month_end) AS CAST(in_calendar(
  CASE WHEN month_end = 'next_day' AND day(CAST(CAST(d AS DATE) + to_months(n) AS DATE)) < day(CAST(d AS DATE))
       THEN CAST(CAST(CAST(d AS DATE) + to_months(n) AS DATE) + to_days(1) AS DATE)
       ELSE CAST(CAST(d AS DATE) + to_months(n) AS DATE) END) AS DATE);

-- The same for intervals; the last one may leave the calendar (the eve of its first day).
CREATE TEMP MACRO plus_days(a, n) AS
  CASE WHEN a IS NOT NULL THEN {'lo': day_plus_days(a.lo, n), 'hi': day_plus_days(a.hi, n)} END;
CREATE TEMP MACRO plus_months(a, n, month_end) AS
  CASE WHEN a IS NOT NULL
       THEN {'lo': day_plus_months(a.lo, n, month_end), 'hi': day_plus_months(a.hi, n, month_end)} END;
CREATE TEMP MACRO plus_days_beyond(a, n) AS
  CASE WHEN a IS NOT NULL THEN {'lo': CAST(CAST(a.lo AS DATE) + to_days(n) AS DATE), 'hi': CAST(CAST(a.hi AS DATE) + to_days(n) AS DATE)} END;

-- A Saturday or Sunday moved to the Monday after it.
CREATE TEMP MACRO day_past_weekends(d) AS CAST(in_calendar(CAST(CAST(d AS DATE)
  + to_days(CASE isodow(CAST(d AS DATE)) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END) AS DATE)) AS DATE);
CREATE TEMP MACRO past_weekends(a) AS
  CASE WHEN a IS NOT NULL THEN {'lo': day_past_weekends(a.lo), 'hi': day_past_weekends(a.hi)} END;

-- Completed years of life on a day; the birthday counts as reached.
CREATE TEMP MACRO age_on(birth, d, month_end) AS
  year(CAST(d AS DATE)) - year(CAST(birth AS DATE))
  - CASE WHEN day_plus_months(birth, CAST(12 * (year(CAST(d AS DATE)) - year(CAST(birth AS DATE))) AS INTEGER), month_end)
              <= CAST(d AS DATE) THEN 0 ELSE 1 END;
CREATE TEMP MACRO age(birth, d, month_end) AS
  CASE WHEN birth IS NOT NULL AND d IS NOT NULL
       THEN {'lo': CAST(age_on(birth.hi, d.lo, month_end) AS DOUBLE),
             'hi': CAST(age_on(birth.lo, d.hi, month_end) AS DOUBLE)} END;

-- Lists ----------------------------------------------------------------------------------------------
-- `truths` is a list of truth values, one for each element; `complete` says that no element is missing.
-- `list_transform([x], lambda y: ...)[1]` gives x a name, so that it is written down, and looked at, once.

CREATE TEMP MACRO any_of(truths, complete) AS list_transform([truths], lambda l:
  CASE WHEN list_contains(l, true) THEN true
       WHEN complete AND len(list_filter(l, lambda t: t IS NULL)) = 0 THEN false END)[1];

CREATE TEMP MACRO all_of(truths, complete) AS list_transform([truths], lambda l:
  CASE WHEN list_contains(l, false) THEN false
       WHEN complete AND len(list_filter(l, lambda t: t IS NULL)) = 0 THEN true END)[1];

-- From the certain to the possible number of elements.
CREATE TEMP MACRO count_of(truths, complete) AS list_transform([truths], lambda l:
  {'lo': CAST(len(list_filter(l, lambda t: t)) AS DOUBLE),
   'hi': CASE WHEN complete THEN CAST(len(list_filter(l, lambda t: t IS NULL OR t)) AS DOUBLE)
              ELSE 'infinity'::DOUBLE END})[1];

CREATE TEMP MACRO in_list(item, items, complete) AS
  CASE WHEN item IS NULL THEN NULL WHEN list_contains(items, item) THEN true WHEN complete THEN false END;

-- The row of a look-up table; NULL where there is none.
CREATE TEMP MACRO row_of(rows, wanted) AS list_filter(rows, lambda r: r.country = wanted)[1];

-- Which elements `first ...` may mean. `candidates` is a list of {no, holds, key}: the number of an element, whether
-- it satisfies the condition, and what orders it. One may be meant that may satisfy it, and that none certain to
-- satisfy it certainly comes before; one not listed, while elements may be missing; none, unless one is certain.
CREATE TEMP MACRO meant(best, complete) AS list_transform([best], lambda l:
  {'may_be': list_transform(l, lambda c: c.no),
   'certain': list_transform(list_filter(l, lambda c: c.holds), lambda c: c.no),
   'unlisted': NOT complete,
   'nothing': NOT list_contains(list_transform(l, lambda c: c.holds), true)})[1];

CREATE TEMP MACRO meant_of_any(candidates, complete) AS
  meant(list_filter(candidates, lambda c: c.holds IS NOT FALSE), complete);

CREATE TEMP MACRO meant_latest(candidates, complete) AS meant(
  list_transform([candidates], lambda all_: list_filter(all_, lambda c: c.holds IS NOT FALSE AND NOT coalesce(
    c.key.hi < list_max(list_transform(list_filter(all_, lambda r: r.holds), lambda r: r.key.lo)), false)))[1],
  complete);

CREATE TEMP MACRO meant_earliest(candidates, complete) AS meant(
  list_transform([candidates], lambda all_: list_filter(all_, lambda c: c.holds IS NOT FALSE AND NOT coalesce(
    c.key.lo > list_min(list_transform(list_filter(all_, lambda r: r.holds), lambda r: r.key.hi)), false)))[1],
  complete);

-- What all readings of a rule agree on.
CREATE TEMP MACRO agreed(truths) AS list_transform([truths], lambda l:
  CASE WHEN len(list_filter(l, lambda t: t IS NULL OR NOT t)) = 0 THEN true
       WHEN len(list_filter(l, lambda t: t IS NULL OR t)) = 0 THEN false END)[1];
CREATE TEMP MACRO agreed_code(codes) AS list_transform([codes], lambda l:
  CASE WHEN len(list_filter(l, lambda c: c IS NULL)) = 0 AND len(list_distinct(l)) = 1 THEN l[1] END)[1];

-- The one country among some; NULL for none and for several.
CREATE TEMP MACRO only_one(codes) AS list_transform([list_distinct(codes)], lambda l:
  CASE WHEN len(l) = 1 THEN l[1] END)[1];

-- Membership of a country in a set, given its memberships (`since` included, `until` not; NULL: no such end).
CREATE TEMP MACRO member_on(country, spans, d) AS
  CASE WHEN country IS NULL THEN NULL
       WHEN len(list_filter(spans, lambda s: s.country = country
                  AND (s.since IS NULL OR s.since <= coalesce(d.lo, DATE '0001-01-01'))
                  AND (s.until IS NULL OR coalesce(d.hi, DATE '9999-12-31') < s.until))) > 0 THEN true
       WHEN len(list_filter(spans, lambda s: s.country = country
                  AND NOT coalesce(coalesce(d.hi, DATE '9999-12-31') < s.since, false)
                  AND NOT coalesce(s.until <= coalesce(d.lo, DATE '0001-01-01'), false))) = 0 THEN false END;
