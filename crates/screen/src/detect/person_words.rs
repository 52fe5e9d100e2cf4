//! Words that the search for names compares with.

use super::words::Words;

/// Words that staff are called by.
pub(super) static STAFF: Words = Words::new(
    "nurse nurses receptionist receptionists registrar hygienist dentist cleaner manager \
     chair prescriber pharmacist doctor doctors gp gps partner midwife paramedic physio \
     physiotherapist trainee apprentice secretary colleague colleagues therapist dispenser \
     technician assistant administrator coordinator associate clinician practitioner hca \
     phlebotomist counsellor coach consultant orthodontist injector volunteer volunteers \
     student lead director owner founder principal staff optometrist locum navigator \
     specialist mp councillor mayor author professor speaker host chef artist photographer \
     singer actor reporter journalist coroner minister chief head president organiser \
     architect builder gardener caretaker bookkeeper accountant team rota vet postman \
     inspector reception",
);

/// Words by which somebody is said to work here, or to be thanked, welcomed or missed as staff are.
pub(super) static STAFF_ACT: Words = Words::new(
    "welcome welcomes welcoming retires retiring retired retirement leaves leaving meet \
     introducing qualified graduated maternity paternity colleague mrcgp exam exams croeso \
     promoted employee vacancy salaried interviews rota covering covers sessions supervised \
     works photo author written interview podcast passing nursing apprenticeship diploma",
);

/// Words that begin what is named after somebody, or follow it.
pub(super) static THING: Words = Words::new(
    "house ward street road lane avenue close drive surgery clinic centre center school \
     hospital hospice day trust foundation court suite room pharmacy practice award awards \
     cup run week syndrome disease church college university park bridge hall square gardens \
     health medical dental group ltd method scale test score cream mill inn arms farm library \
     theatre building wing unit club fc united town city county station terrace row place \
     green hill common primary academy stores stadium beach island valley sons rovers albion \
     virus palsy pot prize lecture report review inquiry law rule act month friday monday \
     sunday eve partnership chemist care society grove mews crescent lodge villa gp optician \
     opticians vets parade drugstore fund appeal walk trophy scheme vouchers",
);

/// Words in capitals that are no names, though a list may have them.
pub(super) static NEVER: Words = Words::new(
    "i the a an and our we you your my he she they it this that these please thanks thank \
     monday tuesday wednesday thursday friday saturday sunday january february march april \
     may june july august september october november december nhs gp gps uk covid flu happy \
     merry good new hello hi dear ask call ring book open closed free now today tomorrow \
     great north south east west christmas easter bank holiday health care dental medical \
     surgery practice clinic pharmacy hospital team welcome congratulations well big here \
     there if when what who why how for from to in on at of with but so not no yes all are is \
     was be do did has have had will would could can patient patients google facebook \
     instagram photo image picture before after born age aged pt name dob tel email cqc gmc \
     gdc mhra reg ref re as by or just get got see one two three some any every more most \
     best only over under us its it's we're we've i'm i've you're don't let's that's there's \
     here's what's who's sorry also then than because while still even never always storm \
     hurricane mubarak tova diwali eid xmas llongyfarchiadau diolch penblwydd rydyn mae \
     croeso hapus rip r.i.p omg lol update news reminder parking appointments botox filler \
     english welsh scottish british england wales scotland ireland london st saint mum dad \
     discuss feeling interesting",
);

/// People of history and of stories, by the last name or the only one.
pub(super) static PUBLIC: Words = Words::new(
    "bevan nightingale seacole paddington santa claus windermere pooh potter fleming jenner \
     shakespeare burns god jesus columbus einstein rudolph grinch elsa barbie curie macmillan \
     trussell attenborough valentine george david patrick andrew",
);

/// What people do, behind a given name that is also a word ("May came in").
pub(super) static DOES: Words = Words::new(
    "came rang said told went lost fainted asked called phoned popped turned booked missed \
     cried needs brought collected left passed died fell wants loves loved thinks thought \
     rings comes knitted baked made sent wrote got hasn't didn't looked smiled",
);

/// Words before a name that is written small.
pub(super) static CALLED: Words = Words::new(
    "name's named called its it's daughter son mum dad wife husband brother sister nan baby \
     law grandson granddaughter girl boy",
);

/// Words for those who are cared for.
pub(super) static TIE: Words = Words::new("patient patients pt client clients cleifion");

/// Titles of anybody.
pub(super) static LAY: Words =
    Words::new("mr mrs ms miss mx master sir lady lord dame rev reverend cllr councillor mam");

/// Titles of staff.
pub(super) static CLINICAL: Words =
    Words::new("dr nurse sister prof professor doctor matron midwife dentist hygienist pharmacist");

/// Small words inside names.
pub(super) static PARTICLES: Words =
    Words::new("de van von al el bin ibn ap der la di da o ni nic mac mc ab ul ur dos");

/// Words before a name that is given to be written to, or that wrote something.
pub(super) static STAFF_BEFORE: Words = Words::new("contact enquiries informal reading");
