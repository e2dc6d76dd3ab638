//! How values go to the server and come back, in its binary format.

use base::{Result, Value};
use tokio_postgres::Row as PgRow;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, private::BytesMut};

use crate::CORRUPT_ROW;

#[derive(Debug)]
pub(super) struct Bound<'v>(pub(super) Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => match *ty {
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::BOOL => (*number != 0).to_sql(ty, out),
                _ => number.to_sql(ty, out),
            },
            Value::Real(number) => number.to_sql(ty, out),
            Value::Text(text) => text.as_ref().to_sql(ty, out),
            Value::Bytes(bytes) => bytes.as_ref().to_sql(ty, out),
            Value::Uuid(uuid) => uuid.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    tokio_postgres::types::to_sql_checked!();
}

pub(in crate::engine) fn value(row: &PgRow, index: usize) -> Result<Value<'_>> {
    fn get<'r, T: tokio_postgres::types::FromSql<'r>>(row: &'r PgRow, index: usize) -> Result<Option<T>> {
        row.try_get(index).map_err(|error| CORRUPT_ROW.error().caused_by(error))
    }
    let Some(column) = row.columns().get(index) else {
        return Err(CORRUPT_ROW.error().caused_by(format!("no column {index}")));
    };
    let found = match *column.type_() {
        Type::INT8 => get(row, index)?.map(Value::Int),
        Type::INT4 => get::<i32>(row, index)?.map(|number| Value::Int(number.into())),
        Type::INT2 => get::<i16>(row, index)?.map(|number| Value::Int(number.into())),
        Type::BOOL => get::<bool>(row, index)?.map(|flag| Value::Int(flag.into())),
        Type::FLOAT8 => get(row, index)?.map(Value::Real),
        Type::UUID => get(row, index)?.map(Value::Uuid),
        Type::BYTEA => get::<&[u8]>(row, index)?.map(|bytes| Value::Bytes(bytes.into())),
        _ => get::<&str>(row, index)?.map(|text| Value::Text(text.into())),
    };
    Ok(found.unwrap_or(Value::Null))
}
