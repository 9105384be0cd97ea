//! The catalogue's own words, with the ids that files and JSON use.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::say;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident: $id:literal, $en:literal, $vi:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $(#[doc = $en] #[serde(rename = $id)] $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As files and JSON write it.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            pub fn label(self) -> Text {
                match self {
                    $(Self::$variant => say!($en, $vi),)+
                }
            }
        }
    };
}

words! {
    /// The lists of Appendix I.
    Group {
        Nq71: "nq71", "by Resolution 71/NQ-CP", "theo Nghị quyết 71/NQ-CP";
        Services82: "bo_sung_82_dvc", "for 82 public services", "bổ sung cho 82 dịch vụ công";
        Review: "ra_soat", "to be reviewed", "cần rà soát";
    }
}

words! {
    /// What an entry is, by its name.
    Kind {
        Database: "database", "database", "cơ sở dữ liệu";
        System: "system", "system", "hệ thống";
        Portal: "portal", "portal", "cổng";
        IntegrationBus: "integration_bus", "integration bus", "trục liên thông";
        Dataset: "dataset", "dataset", "bộ số liệu";
        Platform: "platform", "platform", "nền tảng";
        DataWarehouse: "data_warehouse", "data warehouse", "kho dữ liệu";
    }
}

words! {
    /// What the main table of a database holds. Each archetype has a core pack of the same name.
    Archetype {
        PersonRegister: "person-register", "people", "người";
        OrganisationRegister: "organisation-register", "organisations", "tổ chức";
        AssetRegister: "asset-register", "land and things", "đất, tài sản, vật";
        Transaction: "transaction", "payments, visits, accounts", "giao dịch, lượt, số liệu theo kỳ";
        CaseFile: "case-file", "applications, violations, registrations", "hồ sơ, vụ việc, đăng ký";
        CodeList: "code-list", "codes and their names", "danh mục";
        Document: "document", "papers, certificates, licences", "văn bản, giấy phép, chứng chỉ";
        Sensor: "sensor", "measurements", "số đo, quan trắc";
        Portal: "portal", "logs of connections and requests", "nhật ký kết nối, yêu cầu";
    }
}

words! {
    /// How a priority database of Appendix II maps to Appendix I.
    Match {
        Exact: "exact", "the entry of that name", "đúng mục có tên đó";
        Close: "close", "the entry of nearly that name", "mục có tên gần đúng";
        Components: "components", "several entries that make it up", "nhiều mục hợp thành";
        NoSingleEntry: "no_single_entry", "related entries, none is it", "chỉ có mục liên quan";
        NotListed: "not_listed", "not in Appendix I", "không có trong Phụ lục I";
    }
}

impl Group {
    /// Weight in roll-ups of what is in this list and has no priority.
    pub const fn weight(self) -> u32 {
        match self {
            Self::Nq71 | Self::Services82 => 2,
            Self::Review => 1,
        }
    }
}

impl Match {
    /// Whether there are entries that the priority database consists of.
    pub const fn consists_of_entries(self) -> bool {
        matches!(self, Self::Exact | Self::Close | Self::Components)
    }
}
