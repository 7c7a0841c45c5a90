use pdp_benches::{
    asked::Asked,
    engine,
    floor::{HospitalFloor, HospitalRequest, RbacFloor, RbacRequest},
    hospital::{self, Hospital},
    rbac::Rbac,
};

#[test]
fn rbac_agrees_and_permits_three_to_five_in_ten() {
    let rbac = Rbac::new();
    let policies = engine::policies(&rbac.texts());
    assert_eq!(policies.summary().rules, rbac.rules());
    assert!((250..350).contains(&rbac.rules()), "{} rules", rbac.rules());
    for all in [rbac.hot(), rbac.distinct()] {
        let permitted = engine::permitted(&policies, &all, Asked::request, |one| rbac.permits(one));
        let permille = permitted * 1_000 / all.len();
        assert!((300..=500).contains(&permille), "{permille} permille");
    }
}

#[test]
fn hospital_agrees_and_permits_three_to_five_in_ten() {
    let hospital = Hospital::new();
    let policies = engine::policies(&hospital.texts());
    assert_eq!(policies.summary().rules, 9_905);
    for all in [&hospital.hot()[..], &hospital.distinct()[..8_192]] {
        let permitted = engine::permitted(&policies, all, Asked::request, hospital::permits);
        let permille = permitted * 1_000 / all.len();
        assert!((300..=500).contains(&permille), "{permille} permille");
    }
}

#[test]
fn the_floors_answer_like_the_references() {
    let rbac = Rbac::new();
    let floor = RbacFloor::new(&rbac);
    for asked in rbac.hot().iter().chain(&rbac.distinct()[..8_192]) {
        assert_eq!(floor.permits(&RbacRequest::new(asked)), rbac.permits(asked), "{asked:?}");
    }
    let (hospital, floor) = (Hospital::new(), HospitalFloor::new());
    for asked in hospital.hot().iter().chain(&hospital.distinct()[..8_192]) {
        assert_eq!(
            floor.permits(&HospitalRequest::new(asked)),
            hospital::permits(asked),
            "{asked:?}"
        );
    }
}
