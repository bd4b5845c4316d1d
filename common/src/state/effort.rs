//! How much a model should think.

words! {
    /// How much a model should think before it answers; missing and `null`: the model's own default.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Effort, expected "`none`, `low`, `medium` or `high`" {
        /// Not at all, where the model can.
        "none" => None,
        /// A little.
        "low" => Low,
        /// Some.
        "medium" => Medium,
        /// A lot.
        "high" => High,
    }
}

impl Effort {
    /// All of them, from none to most.
    pub const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];
}
